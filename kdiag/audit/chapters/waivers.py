"""Waivers: what somebody accepted, for how long."""

from kdiag.audit.blocks import Cell, Chapter, table
from kdiag.audit.seen import Seen
from kdiag.wording import count


def waivers(seen: Seen) -> Chapter:
    """List the findings that are waived, with reason, owner and end."""
    rows: list[tuple[Cell, ...]] = [
        (
            item.finding.severity,
            str(item.finding.subject),
            item.check,
            item.waiver.reason,
            item.waiver.owner,
            item.waiver.expires,
        )
        for item in seen.report.findings
        if item.waiver is not None
    ]
    return Chapter(
        "waivers",
        "Waivers",
        observations=(
            table(
                "Findings that are accepted for now",
                {
                    "Severity": "text",
                    "Object": "text",
                    "Check": "code",
                    "Reason": "text",
                    "Owner": "text",
                    "Until": "text",
                },
                rows,
            ),
        ),
        conclusions=(
            f"{count(len(rows), 'finding is', 'findings are')} waived."
            if rows
            else "No finding is waived.",
        ),
    )
