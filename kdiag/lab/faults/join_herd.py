"""Many eager members start at the same time and rebalance the group with every arrival."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "crawler", "urls"
_MEMBERS = 30


def inject(lab: Lab) -> None:
    """Let 15 eager members join, and then 15 more: one rebalance may take in all that start."""
    lab.create_topic(_TOPIC, partitions=_MEMBERS)
    half = _MEMBERS // 2
    for members in (half, _MEMBERS):
        lab.start_consumer(_GROUP, _TOPIC, members=half, assignor="range", client_id=_GROUP)
        wait_members(lab, _GROUP, members)


FAULT = Fault(
    name="join-herd",
    title="Many eager members join at the same time",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("join-herd", {"type": "group", "group": _GROUP}),),
    forbids=("rebalance-stuck",),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
