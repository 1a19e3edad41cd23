"""One member more than partitions stands by, so that it can take over at once."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "ticker", "ticks"


def inject(lab: Lab) -> None:
    """Let four members share three partitions."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, members=4)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, 4)


LOOKALIKE = Fault(
    name="hot-standby",
    title="A member stands by",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("partition-ceiling", "stuck-consumer"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
