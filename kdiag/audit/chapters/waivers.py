"""Waivers: what somebody accepted, for how long, and which of them need a decision."""

from kdiag.audit.blocks import Block, Cell, Chapter, table
from kdiag.audit.seen import Seen
from kdiag.finding import WaiverState
from kdiag.wording import count


def waivers(seen: Seen) -> Chapter:
    """List the waivers with their state, and the findings that are waived."""
    states = sorted(seen.report.waivers, key=lambda state: state.days_left or 0)
    blocks: list[Block] = [
        table(
            "Waivers",
            {
                "State": "text",
                "Check": "code",
                "Of": "text",
                "Reason": "text",
                "Owner": "text",
                "Until": "text",
                "Days left": "count",
                "Waives": "count",
                "Came back": "count",
            },
            [_row(state) for state in states],
        ),
        table(
            "Findings that are accepted for now",
            {"Severity": "text", "Object": "text", "Seen": "text", "Check": "code"},
            [
                (
                    item.finding.severity,
                    str(item.finding.subject),
                    item.finding.symptom,
                    item.check,
                )
                for item in seen.report.findings
                if item.waiver is not None
            ],
        ),
    ]
    return Chapter(
        "waivers", "Waivers", observations=tuple(blocks), conclusions=_conclusions(seen, states)
    )


def _row(state: WaiverState) -> tuple[Cell, ...]:
    match = ", ".join(f"{key} {value}" for key, value in state.match.items())
    return (
        state.status,
        state.check,
        match or None,
        state.waiver.reason,
        state.waiver.owner,
        state.waiver.expires,
        state.days_left,
        state.waived,
        state.returned,
    )


def _conclusions(seen: Seen, states: list[WaiverState]) -> tuple[str, ...]:
    waived = sum(item.waiver is not None for item in seen.report.findings)
    said = [
        f"{count(waived, 'finding is', 'findings are')} waived."
        if waived
        else "No finding is waived."
    ]
    for status, words in (
        ("expired", "expired, and what they waived counts again"),
        ("expiring", "will expire soon"),
        ("unused", "apply to nothing any more"),
    ):
        number = sum(state.status == status for state in states)
        if number:
            said.append(f"{count(number, 'waiver')}: {words}.")
    return tuple(said)
