"""A topic with one replica: whatever its only broker loses is lost."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "sessions"


def inject(lab: Lab) -> None:
    """Create a topic with one replica, on broker 1, and write to it."""
    lab.create_topic(_TOPIC, assignment=[[1], [1], [1]])
    lab.produce(_TOPIC, 100)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="rf1-topic",
    title="A topic has one replica",
    inject=inject,
    heal=heal,
    expects=(("replication-factor-low", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=0,
)
