"""A dead-letter topic that an application reads, to try its records again."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "invoice-repair", "receipts-dlq"


def inject(lab: Lab) -> None:
    """Read what is written to a dead-letter topic."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=5)
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="retry-reader",
    title="A dead-letter topic is read",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("topic-sprawl", "abandoned-topic"),
    objects=(_GROUP, _TOPIC),
    settle_seconds=10,
)
