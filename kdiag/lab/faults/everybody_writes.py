"""Everybody may write to a topic: it was opened to find an error, and stayed open."""

from kdiag.lab import acls
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "salaries"
_ACL = acls.Acl("User:*", "WRITE", "topic", _TOPIC)


def inject(lab: Lab) -> None:
    """Create the topic and its ACL."""
    lab.create_topic(_TOPIC)
    acls.add(lab, _ACL)


def heal(lab: Lab) -> None:
    """Remove both."""
    acls.remove(lab, _ACL)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="everybody-writes",
    title="Everybody may write to a topic",
    inject=inject,
    heal=heal,
    expects=(("wildcard-acl", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=1,
    lab=acls.SECURED,
)
