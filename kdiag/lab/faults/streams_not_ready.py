"""A streams application reads a topic that does not exist: its group never becomes ready."""

from kdiag.lab.coordinators import wait_listed
from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove
from kdiag.lab.lab import Lab

_GROUP, _TOPIC, _MISSING = "enrichment", "page-views", "user-profiles"


def inject(lab: Lab) -> None:
    """Join with a topology that reads two topics, of which one was never created."""
    lab.create_topic(_TOPIC)
    lab.start_streams_member(_GROUP, (_TOPIC, _MISSING))
    wait_listed(lab, _GROUP, "NotReady")


def heal(lab: Lab) -> None:
    """End the application and delete topic and group."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="streams-not-ready",
    title="A source topic of a streams application is missing",
    inject=inject,
    heal=heal,
    expects=(("streams-group-not-ready", {"type": "group", "group": _GROUP}),),
    objects=(_GROUP, _TOPIC, _MISSING),
    settle_seconds=2,
)
