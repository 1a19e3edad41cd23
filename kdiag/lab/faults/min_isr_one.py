"""A topic has three copies, and confirms writes when one of them has them."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import override

_TOPIC = "star-ratings"


def inject(lab: Lab) -> None:
    """Let one copy be enough."""
    override(lab, _TOPIC, {"min.insync.replicas": "1"})


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="min-isr-one",
    title="A write is confirmed with one copy",
    inject=inject,
    heal=heal,
    expects=(("min-isr-one", {"type": "topic", "topic": _TOPIC}),),
    forbids=("at-min-isr", "min-isr-equals-rf"),
    objects=(_TOPIC,),
    settle_seconds=1,
)
