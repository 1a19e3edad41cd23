"""A group has members of the classic and of the consumer protocol: a migration is half done."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "feed-builder", "posts"


def inject(lab: Lab) -> None:
    """Let a member of each protocol join one group."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, client_id=f"{_GROUP}-old")
    wait_members(lab, _GROUP, 1)
    lab.start_consumer(_GROUP, _TOPIC, protocol="consumer", client_id=f"{_GROUP}-new")
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, 2)


FAULT = Fault(
    name="mixed-protocol-group",
    title="A migration to the consumer protocol is half done",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("mixed-protocol-group", {"type": "group", "group": _GROUP}),),
    forbids=("shared-group-id", "rebalance-storm"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
