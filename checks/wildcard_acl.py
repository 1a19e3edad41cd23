"""ACLs that let everybody write, or change the cluster.

User:* is every client that gets in, User:ANONYMOUS every one that came without logging in. Reading
what is public is not meant, nor IdempotentWrite, which every producer needed before Kafka 2.8; nor
what a denial takes away again, or what holds for one address only.

Reads: DescribeAcls, DescribeConfigs (listeners that ask nobody who they are).
"""

from typing import Any

from kdiag.api import (
    EVERYBODY,
    Action,
    EnforcedAcls,
    Finding,
    ListenerRoles,
    Said,
    Severity,
    Subject,
    check,
    listed,
    principal,
    topic,
)

_CHANGES = ("All", "Write", "Create", "Delete", "Alter", "AlterConfigs")
_DANGEROUS = {
    "topic": _CHANGES,
    "group": ("All", "Delete"),
    "cluster": ("All", "Create", "Alter", "AlterConfigs", "ClusterAction"),
    "transactional-id": ("All", "Write"),
    "user": ("All", "CreateTokens"),
}
"""Kind of resource → operations that nobody in particular should have."""

_RULES_ALL = ("All", "Alter", "AlterConfigs", "ClusterAction")
"""Operations on the cluster that give all others: Alter changes ACLs, ClusterAction is a broker."""

_REMOVE = (
    "kafka-acls.sh --bootstrap-server {bootstrap} --remove --allow-principal {principal} "
    "--operation {operation}"
)
_REMOVES = {
    "cluster": _REMOVE + " --cluster",
    "topic": _REMOVE + " --topic {name}",
    "group": _REMOVE + " --group {name}",
    "transactional-id": _REMOVE + " --transactional-id {name}",
    "user": _REMOVE + " --user-principal {name}",
}
_PREFIXED = " --resource-pattern-type prefixed"


@check(area="security")
def wildcard_acl(acls: EnforcedAcls, roles: ListenerRoles | None) -> Said:
    """ACLs of everybody that allow to write, or to change the cluster."""
    rows = acls.rows[acls.rows["principal"].isin(_nobodies(roles))]
    allowed = rows[(rows["permission"] == "allow") & (rows["host"] == "*")]
    denied = rows[(rows["permission"] == "deny") & (rows["host"] == "*")]
    found: dict[tuple[Subject, Severity], list[Any]] = {}
    for row in allowed.itertuples():
        severity = _severity(row)
        if severity is not None and not _is_denied(row, denied):
            found.setdefault((_subject(row), severity), []).append(row)
    for (subject, severity), each in found.items():
        yield _finding(subject, severity, each)


def _nobodies(roles: ListenerRoles | None) -> tuple[str, ...]:
    """Return everybody's names; nobody is ANONYMOUS where every client has to log in."""
    if roles is None or (roles.rows["is_anonymous"] & roles.rows["is_for_clients"]).any():
        return EVERYBODY
    return EVERYBODY[:1]


def _severity(row: Any) -> Severity | None:
    if row.kind == "cluster" and row.operation in _RULES_ALL:
        is_a_brokers = row.operation == "ClusterAction" and row.principal != EVERYBODY[0]
        return None if is_a_brokers else "critical"
    if row.operation in _DANGEROUS.get(row.kind, ()):
        return "warning"
    return "info" if (row.kind, row.name, row.operation) == ("topic", "*", "Read") else None


def _is_denied(row: Any, denied: Any) -> bool:
    """Tell whether a denial, which is stronger, takes it all away again."""
    same = denied[
        (denied["kind"] == row.kind)
        & denied["operation"].isin([row.operation, "All"])
        & denied["principal"].isin([row.principal, EVERYBODY[0]])
    ]
    is_equal = (same["name"] == row.name) & (same["pattern"] == row.pattern)
    return bool((is_equal | (same["name"] == "*")).any())


def _subject(row: Any) -> Subject:
    if row.kind == "topic" and row.pattern == "literal" and row.name != "*":
        return topic(row.name)
    return principal(row.principal)


def _finding(subject: Subject, severity: Severity, rows: list[Any]) -> Finding:
    named = sorted({f"{row.operation} on {_resource(row)}" for row in rows})
    who = " and ".join(sorted({row.principal for row in rows}))
    return Finding(
        severity,
        subject,
        f"{who} may {listed(named)}.",
        _impact(severity, rows),
        evidence={"principals": sorted({row.principal for row in rows}), "grants": named},
        actions=(_remove(rows[0]),),
    )


def _impact(severity: Severity, rows: list[Any]) -> str:
    if severity == "critical":
        return "Every client can give itself all other rights, or change how the brokers run."
    if severity == "info":
        return "Every client can read the records of all topics."
    kinds = {row.kind for row in rows}
    if kinds == {"topic"}:
        return "Every client, a wrong or a stolen one too, can add to, change or delete the data."
    return "Every client can get in the way of others, or pose as one of them."


def _resource(row: Any) -> str:
    if row.kind == "cluster":
        return "the cluster"
    if row.name == "*":
        return f"all {row.kind}s"
    return f"{row.kind}s {row.name}…" if row.pattern == "prefixed" else f"{row.kind} {row.name}"


def _remove(row: Any) -> Action:
    return Action(
        "Grant it to the principals that need it, then take it from everybody.",
        _REMOVES[row.kind] + (_PREFIXED if row.pattern == "prefixed" else ""),
        "disruptive",
        {"principal": row.principal, "operation": row.operation, "name": row.name},
    )
