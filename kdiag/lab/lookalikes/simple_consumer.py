"""A consumer assigns itself its partitions: its group is Empty and commits all the time."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "cdc-reader", "table-changes"


def inject(lab: Lab) -> None:
    """Let a consumer assign itself all partitions."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, partitions=(0, 1, 2))
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="simple-consumer",
    title="A consumer without a group membership",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("group-dead", "orphan-group", "unowned-partition", "abandoned-topic"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=10,
)
