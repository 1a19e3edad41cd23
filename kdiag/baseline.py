"""A report against an earlier one: what became of its findings, and only what is new."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC

from kdiag.compare import compare
from kdiag.finding import SEVERITIES, Baseline, Report, Reported
from kdiag.single import Single

_KNOWN = ("known", "better")


def with_baseline(report: Report, before: Report) -> Report:
    """Return a report that holds what became of the findings of an earlier one."""
    changes = compare(before, report).changes
    baseline = Baseline(
        before.started_at,
        before.version,
        tuple(_alone(one) for change in changes if change.kind == "gone" for one in change.objects),
        tuple(
            _alone(one) for change in changes if change.kind == "unseen" for one in change.objects
        ),
    )
    return replace(report, baseline=baseline)


def _alone(one: Single) -> Reported:
    return replace(one.item, finding=one.finding, fingerprint=one.fingerprint, objects=())


def only_new(report: Report) -> Report:
    """Return a report without the findings that stood before, at least as grave.

    The verdict keeps its status: what is known is not thereby healthy. A new symptom of a known
    cause is shown by itself.
    """
    if report.baseline is None:
        raise ValueError("there is no earlier report to compare with")
    hidden = {item for item in report.standing if item.novelty in _KNOWN}
    shown = [item for item in report.findings if item not in hidden]
    prints = {item.fingerprint for item in shown}
    sums: Counter[str] = Counter()
    for item in hidden:
        sums[item.finding.severity] += item.object_count if item.is_root else 0
    kept: dict[str, int] = {severity: sums[severity] for severity in SEVERITIES if sums[severity]}
    return replace(
        report,
        findings=tuple(_by_itself(item, prints, report) for item in shown),
        baseline=replace(report.baseline, hidden=kept),
        verdict=replace(report.verdict, sentence=_sentence(report, kept)),
    )


def _by_itself(item: Reported, prints: set[str], report: Report) -> Reported:
    """Return a symptom whose cause is not shown as one that stands by itself, and says so."""
    if item.explained_by is None or item.explained_by in prints:
        return item
    root = report.by_fingerprint.get(item.explained_by)
    what = f"{root.check} on {root.finding.subject}" if root else item.explained_by
    note = f"A known finding explains it: {what}."
    return replace(item, explained_by=None, notes=(*item.notes, note))


def _sentence(report: Report, hidden: Mapping[str, int]) -> str:
    new = [
        item
        for item in report.standing
        if item.novelty not in _KNOWN and item.finding.severity != "info"
    ]
    known = ", ".join(f"{number:,} {severity}" for severity, number in hidden.items())
    tail = f" Known and not shown: {known}." if known else ""
    if new:
        more = f" ({len(new) - 1:,} more below)" if len(new) > 1 else ""
        return f"{new[0].finding.symptom}{more}{tail}"
    if report.baseline is None or report.verdict.status == "unknown":
        return f"{report.verdict.sentence}{tail}"
    return (
        f"Nothing new since {report.baseline.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.{tail}"
    )
