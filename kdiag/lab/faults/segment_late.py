"""A quiet topic is to keep an hour, and closes its segments after a week."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "login-events"


def inject(lab: Lab) -> None:
    """Write records of the last two hours; segment.ms stays Kafka's default."""
    lab.create_topic(_TOPIC, partitions=1, configs={"retention.ms": "3600000"})
    lab.produce(_TOPIC, 300, past_seconds=(7200, 0))


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="segment-late",
    title="Segments close later than retention deletes",
    inject=inject,
    heal=heal,
    expects=(("segment-vs-retention", {"type": "topic", "topic": _TOPIC}),),
    forbids=("retention-not-working",),
    objects=(_TOPIC,),
    settle_seconds=15,
)
