"""A source topic of a streams application is missing until its threads end: the group is Empty."""

from kdiag.lab import counting
from kdiag.lab.coordinators import wait_listed
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_APPLICATION, _TOPIC, _MISSING = "ad-clicks-counter", "ad-clicks", "ad-skips"


def inject(lab: Lab) -> None:
    """Read two topics of which one was never created, and wait until no member is left."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20)
    lab.start_application(_APPLICATION, [_TOPIC, _MISSING], protocol="streams")
    wait_listed(lab, _APPLICATION, "NotReady")
    wait_listed(lab, _APPLICATION, "Empty")


FAULT = Fault(
    name="streams-source-missing",
    title="The threads of a streams application ended since a source topic is missing",
    inject=inject,
    heal=lambda lab: counting.remove(lab, _APPLICATION, _TOPIC),
    expects=(("streams-group-not-ready", {"type": "group", "group": _APPLICATION}),),
    objects=(_APPLICATION, _TOPIC, _MISSING, *counting.internal_topics(_APPLICATION)),
    settle_seconds=2,
)
