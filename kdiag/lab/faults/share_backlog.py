"""A share consumer works more slowly than its producer writes: the group's lag grows."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "billing", "bills"


def inject(lab: Lab) -> None:
    """Write 100 records a second and work through at most 20."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=100, keys=500)
    lab.start_share_consumer(_GROUP, _TOPIC, seconds_per_record=0.05, client_id=_GROUP)


def heal(lab: Lab) -> None:
    """End producer and consumer and delete topic and group."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="share-backlog",
    title="A share group is slower than its producer",
    inject=inject,
    heal=heal,
    expects=(("share-group-backlog", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("share-records-archived",),
    objects=(_GROUP, _TOPIC),
    settle_seconds=45,
)
