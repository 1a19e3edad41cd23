"""ACLs that name everybody, or what is not there, with good reason."""

from kdiag.lab import acls
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _GROUP = "board-minutes", "minutes-reader"
_ACLS = (
    acls.Acl("User:*", "WRITE", "topic", _TOPIC, permission="DENY"),
    acls.Acl("User:*", "READ", "topic", _TOPIC),
    acls.Acl("User:audit", "WRITE", "topic", "audit-2030-", "PREFIXED"),
    acls.Acl("User:audit", "READ", "group", _GROUP),
    acls.Acl("User:lag-exporter", "DESCRIBE", "group", _GROUP),
)


def inject(lab: Lab) -> None:
    """Create a topic that only its owner writes, and a prefix for topics to come."""
    lab.create_topic(_TOPIC)
    acls.add(lab, *_ACLS)


def heal(lab: Lab) -> None:
    """Remove all of it."""
    acls.remove(lab, *_ACLS)
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="careful-acls",
    title="A denial for everybody, a prefix without topics, a reader and who watches it",
    inject=inject,
    heal=heal,
    forbids=("wildcard-acl", "dangling-acl", "shared-consumer-principals"),
    objects=(_TOPIC, _GROUP),
    settle_seconds=1,
    lab=acls.SECURED,
)
