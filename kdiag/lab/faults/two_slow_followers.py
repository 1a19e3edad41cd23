"""Partitions of a topic lack copies on different brokers that are all there."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.throttling import hold_back, unthrottle

_TOPIC = "sensor-frames"


def inject(lab: Lab) -> None:
    """Restart brokers 2 and 3, which then fetch one partition each too slowly."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3], [1, 3, 2]])
    hold_back(lab, _TOPIC, {0: [2], 1: [3]})


def heal(lab: Lab) -> None:
    """Take the throttle away and delete the topic."""
    unthrottle(lab, _TOPIC, [2, 3])
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="two-slow-followers",
    title="Partitions lack copies on brokers that are up",
    inject=inject,
    heal=heal,
    expects=(
        ("slow-follower", {"type": "broker", "id": 2}),
        ("slow-follower", {"type": "broker", "id": 3}),
        ("under-replicated", {"type": "partition", "topic": _TOPIC}),
    ),
    forbids=("broker-down", "reassignment-stuck"),
    objects=(_TOPIC,),
    is_last=True,
)
