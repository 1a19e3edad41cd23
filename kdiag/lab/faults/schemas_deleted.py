"""Kafka deletes from the topic in which a registry keeps its schemas."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "_schemas"


def inject(lab: Lab) -> None:
    """Make the topic as a broker that makes topics by itself would."""
    lab.create_topic(_TOPIC, 1, configs={"cleanup.policy": "delete"})


FAULT = Fault(
    name="schemas-deleted",
    title="The topic of a registry's schemas deletes instead of compacting",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(("schema-topic-not-compacted", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
)
