"""Controls of common frameworks: which of them findings bear on, and which could not be looked at.

A control without a finding is not thereby met: a check gives evidence for a part of it only.
"""

from kdiag.audit.blocks import Cell, Chapter, Text, table
from kdiag.audit.seen import Seen
from kdiag.finding import CheckResult, Control
from kdiag.wording import count, listed

_ORDER = ("problem", "unknown", "ok", "not_applicable")
_WORDS = {
    "problem": "finding",
    "unknown": "not seen",
    "ok": "no finding",
    "not_applicable": "does not apply",
}


def controls(seen: Seen) -> Chapter:
    """List the controls that checks bear on, those with findings first."""
    by_control: dict[Control, list[CheckResult]] = {}
    for result in seen.report.results:
        for control in result.about.controls:
            key = Control(control.framework, control.reference, control.name, "")
            by_control.setdefault(key, []).append(result)
    rows = [
        (_ORDER.index(status), control, status, results)
        for control, results in by_control.items()
        for status in [min((result.status for result in results), key=_ORDER.index)]
    ]
    rows.sort(key=lambda row: (row[0], row[1].framework, row[1].reference))
    cells: list[tuple[Cell, ...]] = [
        (
            control.name,
            control.reference,
            _WORDS[status],
            listed(sorted(result.check for result in results if result.status == status), 6),
        )
        for _, control, status, results in rows
    ]
    found = sum(status == "problem" for _, _, status, _ in rows)
    return Chapter(
        "controls",
        "Controls of common frameworks",
        observations=(
            table(
                "Controls, by what checks say of them",
                {"Framework": "text", "Control": "code", "Here": "text", "Checks": "text"},
                cells,
            ),
            Text(
                "A control without a finding is not thereby met: checks give evidence for a part "
                "of it. Only its number is named here; its text is with whoever publishes it."
            ),
        ),
        conclusions=(
            f"Findings bear on {found} of {count(len(rows), 'control')} that checks know of.",
        ),
    )
