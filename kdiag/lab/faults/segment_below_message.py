"""A topic allows larger messages than its segments can hold."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import override

_TOPIC = "scans"


def inject(lab: Lab) -> None:
    """Allow messages of 1.5 MiB where a segment has 1 MiB."""
    override(lab, _TOPIC, {"max.message.bytes": "1572864", "segment.bytes": "1048576"})


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="segment-below-message",
    title="Limits of message size contradict each other",
    inject=inject,
    heal=heal,
    expects=(("message-size-chain", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=1,
)
