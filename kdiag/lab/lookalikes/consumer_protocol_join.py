"""A member joined a KIP-848 group and its topic grew: its epoch rose, and nobody stopped."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.topics import add_partitions

_GROUP, _TOPIC = "basket", "baskets"


def inject(lab: Lab) -> None:
    """Let a second member join, and add partitions to the topic."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    for number in (1, 2):
        lab.start_consumer(_GROUP, _TOPIC, protocol="consumer", client_id=f"{_GROUP}-{number}")
        wait_members(lab, _GROUP, number)
        wait_committed(lab, _GROUP, _TOPIC, number * 50)
    add_partitions(lab, _TOPIC, 6)


LOOKALIKE = Fault(
    name="consumer-protocol-join",
    title="A member joined a group of the consumer protocol",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("rebalance-storm", "member-not-revoking", "mixed-protocol-group"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=10,
)
