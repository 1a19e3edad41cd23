"""Records that could not be processed pile up, and nobody looks."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "invoices-dlq"


def inject(lab: Lab) -> None:
    """Write to a dead-letter topic."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=5)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="dead-letters",
    title="A dead-letter topic fills and nobody reads it",
    inject=inject,
    heal=heal,
    expects=(("dlq-filling", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=5,
)
