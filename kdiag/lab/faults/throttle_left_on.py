"""A throttle of replication was left on: broker 3 does not catch up after a restart."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.throttling import hold_back, unthrottle

_TOPIC, _SLOW = "heat-meters", 3
_PARTITIONS = 4


def inject(lab: Lab) -> None:
    """Restart broker 3, which then fetches a kilobyte a second of what came meanwhile."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3], [2, 1, 3]] * (_PARTITIONS // 2))
    hold_back(lab, _TOPIC, {number: [_SLOW] for number in range(_PARTITIONS)})


def heal(lab: Lab) -> None:
    """Take the throttle away and delete the topic."""
    unthrottle(lab, _TOPIC, [_SLOW])
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="throttle-left-on",
    title="A throttle that was left on keeps a follower behind",
    inject=inject,
    heal=heal,
    expects=(("slow-follower", {"type": "broker", "id": _SLOW}),),
    forbids=("broker-down", "reassignment-stuck", "broker-fenced"),
    objects=(_TOPIC,),
    tunables={"slow-follower": {"young_seconds": 0}},
    is_last=True,
)
