"""A topic needs all its replicas for a write: any restart of a broker stops it."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import override

_TOPIC = "ledger"


def inject(lab: Lab) -> None:
    """Override one key of a topic."""
    override(lab, _TOPIC, {"min.insync.replicas": "3"})


def heal(lab: Lab) -> None:
    """Give the topic room for one replica to be away."""
    lab.alter_config("topic", _TOPIC, {"min.insync.replicas": "2"})


FAULT = Fault(
    name="min-isr-equals-rf",
    title="A topic can lose no replica without losing writes",
    inject=inject,
    heal=heal,
    expects=(("min-isr-equals-rf", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=0,
)
