"""Many eager members start at the same time and rebalance the group with every arrival."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "crawler", "urls"
_MEMBERS, _AT_ONCE = 30, 15


def inject(lab: Lab) -> None:
    """Let 30 eager members join, half of them once the others have: all may come at once."""
    lab.create_topic(_TOPIC, partitions=_MEMBERS)
    for members in range(_AT_ONCE, _MEMBERS + 1, _AT_ONCE):
        lab.start_consumer(_GROUP, _TOPIC, members=_AT_ONCE, assignor="range", client_id=_GROUP)
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
