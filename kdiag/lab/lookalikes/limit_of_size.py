"""A topic is limited by size alone, and full: that is what the limit is for."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import wait_deleted

_TOPIC = "last-frames"
_CONFIGS = {"retention.ms": "-1", "retention.bytes": "2097152", "segment.bytes": "1048576"}


def inject(lab: Lab) -> None:
    """Write more than the limit allows, and wait until some of it is deleted."""
    lab.create_topic(_TOPIC, partitions=1, configs=_CONFIGS)
    lab.produce(_TOPIC, 6000, size=1000)
    wait_deleted(lab, _TOPIC, 1)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="limit-of-size",
    title="A topic is kept to a size on purpose",
    inject=inject,
    heal=heal,
    forbids=("retention-cut-by-size", "retention-promise", "retention-unbounded"),
    objects=(_TOPIC,),
    settle_seconds=2,
)
