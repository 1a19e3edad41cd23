"""A limit of size deletes after seconds what a topic is to keep for a week."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import wait_deleted

_TOPIC = "camera-frames"
_CONFIGS = {
    "retention.ms": "604800000",
    "retention.bytes": "2097152",
    "segment.bytes": "1048576",
}


def inject(lab: Lab) -> None:
    """Write more than the limit allows, and wait until some of it is deleted."""
    lab.create_topic(_TOPIC, partitions=1, configs=_CONFIGS)
    lab.produce(_TOPIC, 6000, size=1000)
    wait_deleted(lab, _TOPIC, 1)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="retention-cut",
    title="A limit of size cuts retention short",
    inject=inject,
    heal=heal,
    expects=(("retention-cut-by-size", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=2,
)
