"""Dozens of topics are left from tests, and nobody writes or reads them."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPICS = tuple(f"trial-{letter}" for letter in "abcdefghijklmnopqrstuvwxy")


def inject(lab: Lab) -> None:
    """Create 25 topics."""
    for topic in _TOPICS:
        lab.create_topic(topic, partitions=1)


def heal(lab: Lab) -> None:
    """Delete them."""
    for topic in _TOPICS:
        lab.delete_topic(topic)


FAULT = Fault(
    name="unused-topics",
    title="Many topics are not used",
    inject=inject,
    heal=heal,
    expects=(("topic-sprawl", {"type": "cluster"}),),
    objects=_TOPICS,
    settle_seconds=2,
)
