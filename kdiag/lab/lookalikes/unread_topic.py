"""A topic is written and nobody reads it: an archive, kept for the day when it is needed."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "raw-archive"


def inject(lab: Lab) -> None:
    """Write to a topic."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="unread-topic",
    title="A topic that no group reads",
    inject=inject,
    heal=heal,
    forbids=("group-dead", "abandoned-topic", "topic-sprawl"),
    objects=(_TOPIC,),
    settle_seconds=5,
)
