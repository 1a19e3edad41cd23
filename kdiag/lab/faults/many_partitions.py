"""A topic has so many partitions that brokers hold more replicas than they should."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "device-shadows"
_PARTITIONS = 200


def inject(lab: Lab) -> None:
    """Make a topic of 200 partitions."""
    lab.create_topic(_TOPIC, partitions=_PARTITIONS)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="many-partitions",
    title="Brokers hold too many replicas",
    inject=inject,
    heal=heal,
    expects=(("too-many-partitions", {"type": "broker"}),),
    objects=(_TOPIC,),
    settle_seconds=2,
    tunables={"too-many-partitions": {"per_broker_replicas": 150}},
    is_last=True,
)
