"""A throttle of replication was left on: broker 3 cannot keep up with what is written."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.throttling import throttle, unthrottle
from kdiag.lab.topics import wait_short

_TOPIC, _SLOW = "heat-meters", 3
_PARTITIONS = 4


def inject(lab: Lab) -> None:
    """Let broker 3 fetch a kilobyte a second of a topic that is written to faster."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3], [2, 1, 3]] * (_PARTITIONS // 2))
    throttle(lab, _TOPIC, {number: [_SLOW] for number in range(_PARTITIONS)})
    lab.start_producer(_TOPIC, rate=400, size=1000, keys=100)
    wait_short(lab, _TOPIC, _PARTITIONS)


def heal(lab: Lab) -> None:
    """Take the throttle away, end the producer, and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
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
