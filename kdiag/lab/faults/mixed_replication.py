"""One partition of a topic has fewer copies than the others, after a reassignment by hand."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.reassigning import reassign

_TOPIC = "spare-parts"


def inject(lab: Lab) -> None:
    """Give one of three partitions two copies."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3], [2, 3, 1], [3, 1, 2]])
    lab.produce(_TOPIC, 100)
    reassign(lab, {(_TOPIC, 1): [2, 3]})


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="mixed-replication",
    title="Partitions of a topic have different numbers of copies",
    inject=inject,
    heal=heal,
    expects=(("mixed-replication-factor", {"type": "topic", "topic": _TOPIC}),),
    forbids=("under-replicated", "reassignment-stuck"),
    objects=(_TOPIC,),
    settle_seconds=3,
)
