"""A topic takes records far above what Kafka is made for."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import override

_TOPIC = "documents"


def inject(lab: Lab) -> None:
    """Override one key of a topic."""
    override(lab, _TOPIC, {"max.message.bytes": "10485760"})


def heal(lab: Lab) -> None:
    """Give the topic the default limit back."""
    lab.alter_config("topic", _TOPIC, {"max.message.bytes": None})


FAULT = Fault(
    name="oversized-topic",
    title="A topic takes records of 10 MB",
    inject=inject,
    heal=heal,
    expects=(("oversized-messages", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=0,
)
