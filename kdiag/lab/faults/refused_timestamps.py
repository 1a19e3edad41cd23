"""A topic refuses the timestamps of its producer."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "tachographs"


def inject(lab: Lab) -> None:
    """Write records that are older, when they arrive, than the topic allows."""
    lab.create_topic(_TOPIC, configs={"message.timestamp.before.max.ms": "1"})
    lab.start_producer(_TOPIC, rate=50, keys=100)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="refused-timestamps",
    title="Writes are refused for their timestamps",
    inject=inject,
    heal=heal,
    expects=(("produce-errors", {"type": "broker"}),),
    objects=(_TOPIC,),
)
