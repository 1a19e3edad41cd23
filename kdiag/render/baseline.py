"""A report against an earlier one, in words."""

from collections import Counter
from datetime import UTC

from kdiag.finding import Report

_WORDS = {
    "new": "new",
    "seen": "seen for the first time",
    "returned": "back after a waiver",
    "worse": "worse",
    "better": "better",
    "known": "known",
}


def baseline_sentence(report: Report) -> str:
    """Return what became of the findings of the earlier report; nothing without one."""
    if report.baseline is None:
        return ""
    sums: Counter[str] = Counter()
    for item in report.standing:
        sums[item.novelty or "new"] += item.object_count
    words = [f"{sums[novelty]:,} {text}" for novelty, text in _WORDS.items() if sums[novelty]]
    hidden = report.baseline.hidden
    if hidden:
        by_severity = ", ".join(f"{number:,} {severity}" for severity, number in hidden.items())
        words.append(f"{sum(hidden.values()):,} known not shown ({by_severity})")
    for number, text in (
        (len(report.baseline.gone), "gone"),
        (len(report.baseline.unseen), "not seen any more"),
    ):
        words += [f"{number:,} {text}"] if number else []
    since = f"{report.baseline.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"Against the report of {since}: {', '.join(words) or 'nothing in either'}."
