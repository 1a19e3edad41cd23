"""A consumer assigns itself some partitions of a topic by design: the others are not its own."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "eu-only", "regional-events"


def inject(lab: Lab) -> None:
    """Let a consumer assign itself two of three partitions."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, partitions=(0, 1))
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="partial-assignment",
    title="A consumer reads some partitions by design",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("unowned-partition", "group-dead", "stuck-consumer", "abandoned-topic"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=10,
)
