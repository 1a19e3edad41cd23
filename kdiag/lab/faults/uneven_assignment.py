"""One member gets most partitions: each topic has few, and all begin at the same member."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP = "telemetry"
_TOPICS = ("sensors", "meters-north", "meters-south", "meters-east", "meters-west")


def inject(lab: Lab) -> None:
    """Let three members share one topic of 3 partitions and four of 1, by the range assignor."""
    for topic in _TOPICS:
        lab.create_topic(topic, partitions=3 if topic == _TOPICS[0] else 1)
        lab.produce(topic, 50)
    lab.start_consumer(_GROUP, _TOPICS, members=3, assignor="range", client_id=_GROUP)
    for topic in _TOPICS:
        wait_committed(lab, _GROUP, topic, 50)
    wait_members(lab, _GROUP, 3)


FAULT = Fault(
    name="uneven-assignment",
    title="One member has most partitions",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, *_TOPICS),
    expects=(("uneven-assignment", {"type": "group", "group": _GROUP}),),
    forbids=("unowned-partition", "shared-group-id"),
    objects=(
        _GROUP,
        *_TOPICS,
    ),
    settle_seconds=5,
)
