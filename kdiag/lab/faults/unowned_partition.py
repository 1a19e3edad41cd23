"""The leader of a stable group gives one partition to nobody: it is not read."""

from kdiag.lab.clients import offsets
from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "shipping", "parcels"
_UNOWNED = 2


def inject(lab: Lab) -> None:
    """Let members join whose leader leaves out partition 2, to which alone is written."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 90)
    commit(lab, _GROUP, _TOPIC, offsets(lab.admin(), _TOPIC, "latest"))
    lab.start_members(_GROUP, topics=(_TOPIC,), members=2, unowned=(_UNOWNED,), client_id=_GROUP)
    wait_members(lab, _GROUP, 2)
    lab.start_producer(_TOPIC, rate=20, partition=_UNOWNED)


FAULT = Fault(
    name="unowned-partition",
    title="A partition of a group has no owner",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("unowned-partition", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("stuck-consumer", "slow-consumer", "group-dead", "hot-partition", "poison-record"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
