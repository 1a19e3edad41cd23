"""The report as one line of a monitoring plugin, for Nagios, Icinga, Naemon, Checkmk and Zabbix.

`KDIAG CRITICAL - text | 'label'=value;warn;crit;min;max …`, as the Monitoring Plugins Development
Guidelines have it. The status follows from what stands: 2 where a critical does, 1 where a warning
does, 3 where there is no verdict (or, as asked by --strict, where not everything was seen), else 0.
Infos and what is waived never alert. `--fail-on` plays no part: Nagios has its own two levels.
"""

from collections import Counter
from collections.abc import Iterator

from kdiag.finding import SEVERITIES, Report
from kdiag.render.layout import clean
from kdiag.wording import count

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_MOST = 1000
"""Characters of text: a plugin may write 4 KiB with its numbers, and screens show far less."""


def render(report: Report) -> str:
    """Return the line."""
    return line(status(report), _text(report), *_numbers(report))


def line(status: int, text: str, *numbers: str) -> str:
    """Return a line of a status, a text that may be anything, and numbers of performance data."""
    plain = clean(text).replace("|", r"\x7c")
    short = plain if len(plain) <= _MOST else f"{plain[: _MOST - 3]}..."
    data = f" | {' '.join(numbers)}" if numbers else ""
    return f"KDIAG {_WORDS[status]} - {short}{data}\n"


def status(report: Report) -> int:
    """Return the exit code."""
    severities = {item.finding.severity for item in report.standing}
    if "critical" in severities:
        return CRITICAL
    if "warning" in severities:
        return WARNING
    return UNKNOWN if report.is_incomplete else OK


def _text(report: Report) -> str:
    coverage = report.coverage
    unknown = f"{coverage['unknown']} of {count(coverage['total'], 'check')} unknown"
    name = report.cluster.get("name") or report.cluster.get("id") or report.bootstrap
    what = count(len(report.files), "file") if report.files else f"cluster {name}"
    return f"{report.verdict.sentence.rstrip('.')}; {unknown}; {what}"


def _numbers(report: Report) -> Iterator[str]:
    """Yield the numbers; thresholds are where they change the status."""
    roots = Counter(item.finding.severity for item in report.standing if item.is_root)
    limits = {"critical": ";;0", "warning": ";0;", "info": ";;"}
    for severity in SEVERITIES:
        yield f"'{severity}'={roots[severity]}{limits[severity]};0"
    coverage = report.coverage
    yield f"'waived'={report.waived_count};;;0"
    yield f"'checks_evaluated'={coverage['evaluated']};;;0;{coverage['total']}"
    yield f"'checks_unknown'={coverage['unknown']};;;0;{coverage['total']}"
    yield f"'requests'={sum(report.requests.values())};;;0"
    yield f"'time'={float(report.duration_seconds):.3f}s;;;0"
