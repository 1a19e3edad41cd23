"""A group with many members uses an eager assignor: each rebalance stops all of them."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "ad-bidding", "bids"
_MEMBERS = 12


def inject(lab: Lab) -> None:
    """Let 12 members join with the range assignor."""
    lab.create_topic(_TOPIC, partitions=_MEMBERS)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, members=_MEMBERS, assignor="range", client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, _MEMBERS)


FAULT = Fault(
    name="eager-assignor",
    title="A large group uses an eager assignor",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("eager-assignor", {"type": "group", "group": _GROUP}),),
    forbids=("rebalance-stuck", "unowned-partition"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
