"""Clients of Kafka 0.10 are still there: the next major release refuses them."""

from kdiag.lab.clients import topic_metadata
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.old_requests import fetch_v2, list_offsets_v0

_TOPIC, _LOAD = "telegrams", "consumer-telegrams-old"


def inject(lab: Lab) -> None:
    """Read a topic with requests of Kafka 0.10."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.produce(_TOPIC, 500)
    leader = topic_metadata(lab.admin(), _TOPIC).partitions[0].leader
    lab.start_repeater(leader, [list_offsets_v0(_TOPIC), fetch_v2(_TOPIC)], name=_LOAD)


def heal(lab: Lab) -> None:
    """End the client and delete the topic."""
    lab.end_load(_LOAD)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="old-clients",
    title="Clients are too old for the next release",
    inject=inject,
    heal=heal,
    expects=(
        ("deprecated-clients", {"type": "cluster"}),
        ("down-conversion", {"type": "topic", "topic": _TOPIC}),
    ),
    objects=(_TOPIC,),
    lab={"kafka": "3.9.2"},
)
