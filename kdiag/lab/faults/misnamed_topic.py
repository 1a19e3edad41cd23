"""A topic does not follow the naming rule of its company."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "Test_Topic2"


def inject(lab: Lab) -> None:
    """Make a topic as somebody does who tries something out."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 10)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="misnamed-topic",
    title="A topic does not follow the naming rule",
    inject=inject,
    heal=heal,
    expects=(("naming-policy", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=1,
    tunables={"naming-policy": {"topics_regex": "[a-z0-9.-]+"}},
)
