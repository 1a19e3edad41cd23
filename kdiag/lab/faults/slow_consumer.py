"""A consumer works more slowly than its producer writes: lag grows on all partitions."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "recommendations", "clicks"


def inject(lab: Lab) -> None:
    """Write 200 records a second and read at most 50."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=200, keys=500)
    lab.start_consumer(_GROUP, _TOPIC, seconds_per_record=0.02, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="slow-consumer",
    title="A consumer is slower than its producer",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("slow-consumer", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("stuck-consumer", "group-dead", "hot-partition", "partition-ceiling", "slow-member"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
