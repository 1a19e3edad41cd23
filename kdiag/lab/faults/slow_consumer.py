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


def heal(lab: Lab) -> None:
    """End producer and consumer and delete topic and group."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="slow-consumer",
    title="A consumer is slower than its producer",
    inject=inject,
    heal=heal,
    expects=(("lag-growing", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("stuck-consumer", "group-dead"),
    settle_seconds=10,
)
