"""A consumer finds its offset deleted and goes on at the end: it never sees what lay between."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.topics import delete_records

_GROUP, _TOPIC = "loyalty", "points"


def inject(lab: Lab) -> None:
    """Delete records before a paused consumer comes to them."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.produce(_TOPIC, 100)
    commit(lab, _GROUP, _TOPIC, {0: 0})
    lab.start_consumer(
        _GROUP, _TOPIC, pause_after=100, pause_seconds=12, reset="latest", client_id=_GROUP
    )
    wait_committed(lab, _GROUP, _TOPIC, 100)
    lab.produce(_TOPIC, 2_000)
    delete_records(lab, _TOPIC, 1_000)
    lab.start_producer(_TOPIC, rate=5)
    wait_committed(lab, _GROUP, _TOPIC, 2_001)


FAULT = Fault(
    name="offset-jump",
    title="A consumer skipped records that had been deleted",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("offset-jump", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("stuck-consumer", "group-dead", "commit-beyond-end"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
