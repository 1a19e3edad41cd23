"""A reassignment was given a throttle of one byte a second, and does not end."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.reassigning import cancel, reassign

_TOPIC = "warehouse-events"
_RECORDS, _RECORD_BYTES = 3000, 1000


def inject(lab: Lab) -> None:
    """Move a partition to broker 3 with a throttle that lets nothing through."""
    lab.create_topic(_TOPIC, assignment=[[1, 2]], configs={"min.insync.replicas": "1"})
    lab.produce(_TOPIC, _RECORDS, size=_RECORD_BYTES)
    reassign(lab, {(_TOPIC, 0): [1, 3]}, throttle_bytes_per_second=1)


def heal(lab: Lab) -> None:
    """Cancel the reassignment and delete the topic."""
    cancel(lab, _TOPIC)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="reassignment-throttled",
    title="A reassignment stands still behind its throttle",
    inject=inject,
    heal=heal,
    expects=(("reassignment-stuck", {"type": "partition", "topic": _TOPIC, "partition": 0}),),
    forbids=("under-replicated", "slow-follower"),
    objects=(_TOPIC,),
    settle_seconds=12,
)
