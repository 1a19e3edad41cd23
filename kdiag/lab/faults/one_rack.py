"""Both copies of a topic are in one rack, and another rack has none."""

from kdiag.lab.careless import CARELESS
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "door-locks"


def inject(lab: Lab) -> None:
    """Place both copies in rack r2."""
    lab.create_topic(_TOPIC, assignment=[[2, 3], [3, 2]])
    lab.produce(_TOPIC, 100)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="one-rack",
    title="Both copies are in one rack",
    inject=inject,
    heal=heal,
    expects=(("rack-unaware", {"type": "topic", "topic": _TOPIC}),),
    lab=CARELESS,
    settle_seconds=2,
)
