"""Grants that kdiag lacks, and the checks that see nothing for want of them.

Each section that a broker refused to show blinds some checks. They are unknown, not fine; the
grants named here end that, and none of them allows to change anything.

Reads: what the other reads were refused.
"""

from typing import Any

from kdiag.api import (
    GRANT_COMMANDS,
    Action,
    Finding,
    Gaps,
    Resource,
    Said,
    check,
    count,
    grants_in,
    listed,
)


@check(area="itself")
def missing_permission(gaps: Gaps) -> Said:
    """Grants without which some checks see nothing."""
    for resource, rows in _by_resource(gaps.rows).items():
        yield _finding(resource, rows)


def _by_resource(rows: Any) -> dict[Resource, list[tuple[str, Any]]]:
    """Return resource → operation and gap, for the gaps whose remedy is a grant.

    What a dead broker did not answer has no remedy here; a source that was not given, or a release
    that is too old, has one that is no grant.
    """
    found: dict[Resource, list[tuple[str, Any]]] = {}
    for row in rows[rows["grant"].notna()].itertuples():
        for resource, operation in grants_in(row.grant):
            found.setdefault(resource, []).append((operation, row))
    return found


def _finding(resource: Resource, gaps: list[tuple[str, Any]]) -> Finding:
    operations = sorted({operation for operation, _ in gaps})
    sections = sorted({row.section for _, row in gaps})
    blinded = sorted({id_ for _, row in gaps for id_ in row.checks})
    return Finding(
        "info",
        resource.subject,
        f"kdiag may not {' and '.join(operations)} on {resource}: {listed(sections)} could not be "
        "read.",
        f"{count(len(blinded), 'check')} {'sees' if len(blinded) == 1 else 'see'} nothing or only "
        f"a part: {listed(blinded)}.",
        evidence={
            "operations": operations,
            "sections": sections,
            "blinded_check_count": len(blinded),
            "blinded_checks": blinded,
            "reasons": sorted({row.reason for _, row in gaps}),
        },
        actions=(
            Action(
                "Let whoever keeps the ACLs grant it to the principal that kdiag connects as, in "
                "place of PRINCIPAL. A denial (DENY) of it has to go: it outweighs any grant.",
                GRANT_COMMANDS[resource.kind],
                "safe",
                {"operations": operations, "name": resource.name},
            ),
        ),
    )
