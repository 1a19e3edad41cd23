"""What the checks say, as of the last diagnosis."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.finding import SEVERITIES, WaiverStatus

_STATUSES = ("ok", "problem", "unknown", "not_applicable")
_STATUS = Family(
    "kdiag_check_status",
    "1 for what became of the check in the last diagnosis; unknown before the first one.",
    ("check", "status"),
)
_FINDINGS = Family(
    "kdiag_check_findings",
    "Findings that are not waived, of checks that were evaluated; one of which a part was not "
    "seen counts what was.",
    ("check", "severity"),
)
_ROOTS = Family(
    "kdiag_check_root_findings",
    "Those of kdiag_check_findings that no other finding explains.",
    ("check", "severity"),
)
_WAIVED = Family(
    "kdiag_check_waived",
    "Findings that are waived, by themselves or with their cause.",
    ("check", "severity"),
)
_WAIVERS = Family(
    "kdiag_waivers",
    "Waivers that may be about the cluster, by what became of them in the last diagnosis.",
    ("state",),
)
_AT = Family(
    "kdiag_diagnosis_timestamp_seconds", "When the snapshot of the last diagnosis was taken."
)
_SECONDS = Family(
    "kdiag_diagnosis_duration_seconds", "How long reading for the last diagnosis took."
)


def checks(seen: Seen) -> Iterator[Family]:
    """Yield status and findings of each check; nothing before the first diagnosis."""
    report = seen.report
    if report is None:
        return
    yield _AT.one(report.started_at.timestamp())
    yield _SECONDS.one(report.duration_seconds)
    yield statuses((result.check, result.status) for result in report.results)
    none = {
        (result.check, severity): 0
        for result in report.results
        if result.status in ("ok", "problem")
        for severity in SEVERITIES
    }
    said, roots, waived = Counter(none), Counter(none), Counter(none)
    for item in report.findings:
        key = item.check, item.finding.severity
        if report.waiver_of(item) is not None:
            waived[key] += item.object_count
            continue
        said[key] += item.object_count
        roots[key] += item.object_count if item.is_root else 0
    for family, counted in ((_FINDINGS, said), (_ROOTS, roots), (_WAIVED, waived)):
        yield family.rows([(*key, number) for key, number in counted.items()])
    states = Counter(state.status for state in report.waivers)
    yield _WAIVERS.rows([(state, states[state]) for state in get_args(WaiverStatus)])


def statuses(results: Iterable[tuple[str, str]]) -> Family:
    """Return the status of each check, as 0 and 1."""
    return _STATUS.rows(
        [(check, status, int(status == is_)) for check, is_ in results for status in _STATUSES]
    )
