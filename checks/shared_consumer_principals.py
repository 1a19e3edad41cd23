"""Groups and transactional ids that two principals may use.

Two applications in one group take partitions from each other; two producers with one transactional
id fence each other. ACLs of their own for one name show that both are meant to use it. A prefix is
a name space, and the same principal may run many processes: neither is reported.

Reads: DescribeAcls.
"""

from typing import Any

from kdiag.api import (
    EVERYBODY,
    Action,
    EnforcedAcls,
    Finding,
    Said,
    Subject,
    check,
    group,
    listed,
)

_OF_GROUP = "kafka-acls.sh --bootstrap-server {bootstrap} --list --group {name}"
_OF_ID = "kafka-acls.sh --bootstrap-server {bootstrap} --list --transactional-id {name}"
_USES = {"group": ("Read", "All"), "transactional-id": ("Write", "All")}
"""Kind of resource → operations with which it is used, and not only looked at."""


@check(area="security")
def shared_consumer_principals(acls: EnforcedAcls) -> Said:
    """Groups that two principals may read by, and transactional ids that two may write with."""
    rows = acls.rows
    own = rows[
        (rows["permission"] == "allow")
        & (rows["pattern"] == "literal")
        & (rows["name"] != "*")
        & ~rows["principal"].isin(EVERYBODY)
    ]
    for kind, operations in _USES.items():
        used = own[(own["kind"] == kind) & own["operation"].isin(operations)]
        for name, each in used.groupby("name"):
            principals = sorted(set(each["principal"]))
            if len(principals) > 1 and not _are_denied(rows, kind, str(name), principals):
                yield _finding(kind, str(name), principals)


def _are_denied(rows: Any, kind: str, name: str, principals: list[str]) -> bool:
    """Tell whether denials leave one of them at most."""
    denied = rows[
        (rows["permission"] == "deny")
        & (rows["kind"] == kind)
        & rows["name"].isin([name, "*"])
        & rows["operation"].isin(_USES[kind])
    ]
    return len(set(principals) - set(denied["principal"])) < 2


def _finding(kind: str, name: str, principals: list[str]) -> Finding:
    is_group = kind == "group"
    subject = group(name) if is_group else Subject.of("transactional_id", transactional_id=name)
    return Finding(
        "info",
        subject,
        f"{listed(principals)} may all use {'group' if is_group else 'transactional id'} {name}.",
        "If both run, they take partitions from each other and each sees a part of the records."
        if is_group
        else "If both run, each fences the other, whose transactions then fail.",
        evidence={"principals": principals},
        actions=(
            Action(
                "See who uses it, and give every application a name of its own.",
                _OF_GROUP if is_group else _OF_ID,
                values={"name": name},
            ),
        ),
        confidence="possible",
    )
