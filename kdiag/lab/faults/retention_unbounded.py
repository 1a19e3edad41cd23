"""A topic keeps everything for ever and is written to."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "ad-views"


def inject(lab: Lab) -> None:
    """Take both limits of retention away and go on writing."""
    lab.create_topic(_TOPIC, configs={"retention.ms": "-1", "retention.bytes": "-1"})
    lab.start_producer(_TOPIC, rate=50, keys=100)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="retention-unbounded",
    title="A topic is kept for ever and grows",
    inject=inject,
    heal=heal,
    expects=(("retention-unbounded", {"type": "topic", "topic": _TOPIC}),),
    forbids=("retention-not-working",),
    objects=(_TOPIC,),
)
