"""A topic was deleted, and its ACL was forgotten."""

from kdiag.lab import acls
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "loyalty-2019"
_ACL = acls.Acl("User:loyalty", "READ", "topic", _TOPIC)


def inject(lab: Lab) -> None:
    """Create the topic and its ACL, and delete the topic only."""
    lab.create_topic(_TOPIC)
    acls.add(lab, _ACL)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="acl-left-behind",
    title="An ACL is about a topic that was deleted",
    inject=inject,
    heal=lambda lab: acls.remove(lab, _ACL),
    expects=(("dangling-acl", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=1,
    lab=acls.SECURED,
)
