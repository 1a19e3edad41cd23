"""A topic is limited by size alone, and to more than any disk has."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "warehouse-feed"
_CONFIGS = {"retention.ms": "-1", "retention.bytes": str(10**15)}


def inject(lab: Lab) -> None:
    """Write a little to a topic that may keep a petabyte in each partition."""
    lab.create_topic(_TOPIC, configs=_CONFIGS)
    lab.produce(_TOPIC, 100)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="retention-beyond-disk",
    title="Topics may keep more than the disks have",
    inject=inject,
    heal=heal,
    expects=(("retention-promise", {"type": "log_dir"}),),
    objects=(_TOPIC,),
    settle_seconds=2,
)
