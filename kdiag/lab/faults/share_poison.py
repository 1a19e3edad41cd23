"""A share consumer fails on some records each time: their deliveries run out, and they are lost."""

from kdiag.lab.coordinators import wait_share_lag
from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "thumbnails", "images"
_PARTITIONS, _RECORDS, _POISON = 3, 20, 5


def inject(lab: Lab) -> None:
    """Give back one record in five, until none of them is delivered any more."""
    lab.create_topic(_TOPIC, _PARTITIONS)
    for number in range(_PARTITIONS):
        lab.produce(_TOPIC, _RECORDS, partition=number)
    lab.start_share_consumer(_GROUP, _TOPIC, releases_one_in=_POISON, client_id=_GROUP)
    wait_share_lag(lab, _GROUP, 0)


def heal(lab: Lab) -> None:
    """End the consumer and delete topic and group."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="share-poison",
    title="A share group gives up records that its consumer never accepts",
    inject=inject,
    heal=heal,
    expects=(("share-records-archived", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("share-group-backlog",),
    objects=(_GROUP, _TOPIC),
    settle_seconds=2,
)
