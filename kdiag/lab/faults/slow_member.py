"""One member of three is slow although all get the same input."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "geocoding", "addresses"


def inject(lab: Lab) -> None:
    """Give three members 20 records a second each, of which one reads 5."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=60, keys=500)
    lab.start_consumer(_GROUP, _TOPIC, members=2, client_id=f"{_GROUP}-new-host")
    lab.start_consumer(_GROUP, _TOPIC, seconds_per_record=0.2, client_id=f"{_GROUP}-old-host")
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, 3)


FAULT = Fault(
    name="slow-member",
    title="One member of a group is slow",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("slow-member", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=(
        "slow-consumer",
        "hot-partition",
        "partition-ceiling",
        "stuck-consumer",
        "group-dead",
        "poison-record",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
