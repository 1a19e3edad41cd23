"""The report as workflow commands of GitHub Actions: an annotation for each cause.

`::error title=ID::text` and `::warning`, `::notice`; in them `%`, line ends and, in properties, `:`
and `,` are written as the toolkit of GitHub writes them, so that no name can give a command. What
could not be evaluated is a warning. GitHub shows ten of a level and step: the gravest come first.
"""

from collections.abc import Iterator

from kdiag.finding import Report, Reported, Severity, Subject, VerdictStatus
from kdiag.render.baseline import baseline_sentence
from kdiag.render.coverage import not_seen
from kdiag.render.layout import clean
from kdiag.render.waivers import waiver_sentence
from kdiag.wording import count

_LEVELS: dict[Severity, str] = {"critical": "error", "warning": "warning", "info": "notice"}
_VERDICTS: dict[VerdictStatus, str] = {
    "critical": "error",
    "degraded": "warning",
    "unknown": "warning",
    "healthy": "notice",
}


def render(report: Report) -> str:
    """Return the lines: the verdict, the causes, what was not seen."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    status = report.verdict.status
    yield _command(_VERDICTS[status], f"kdiag {status}", report.verdict.sentence)
    for item in report.standing:
        if item.is_root:
            yield _finding(item)
    if unseen := not_seen(report):
        yield _command("warning", "kdiag did not see everything", unseen)
    if baseline := baseline_sentence(report):
        yield _command("notice", "kdiag baseline", baseline)
    if waivers := waiver_sentence(report):
        yield _command("notice", "kdiag waivers", waivers)
    folded = sum(item.object_count for item in report.standing if not item.is_root)
    said = [f"{count(folded, 'symptom')} folded under their causes"] if folded else []
    said += [f"{report.waived_count:,} waived"] if report.waived_count else []
    if said:
        yield _command("notice", "kdiag", f"{', '.join(said)}.")


def _finding(item: Reported) -> str:
    finding = item.finding
    action = finding.actions[0] if finding.actions else None
    do = f"Do: {action.mark}{action.text} {action.command or ''}" if action else ""
    text = " ".join(
        part for part in (finding.symptom, finding.cause, finding.impact, *item.notes, do) if part
    )
    title = f"{item.check} on {finding.subject}"
    return _command(_LEVELS[finding.severity], title, text, _place(finding.subject))


def _place(subject: Subject) -> dict[str, object]:
    """Return where in a file; an object of a cluster is in none."""
    if subject.type != "file":
        return {}
    names = {"path": "file", "line": "line", "column": "col"}
    return {names[key]: value for key, value in subject.keys if key in names}


def _command(level: str, title: str, text: str, place: dict[str, object] | None = None) -> str:
    properties = {**(place or {}), "title": title}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {given}::{_escaped(text.strip())}"


def _escaped(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
