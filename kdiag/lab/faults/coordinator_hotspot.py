"""One broker coordinates nearly all groups: their names all lead to the same partition."""

from kdiag.lab.clients import offsets
from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove
from kdiag.lab.lab import Lab
from kdiag.lab.offsets_topic import create_offsets_topic, partition_of

_TOPIC = "invitations"
_HOT = 2
_BROKERS = ([1, 2, 3], [2, 3, 1], [3, 1, 2])
_NAMES = (f"tenant-{number}" for number in range(60))
_GROUPS = tuple(name for name in _NAMES if partition_of(name, len(_BROKERS)) == _HOT - 1)
"""About 20."""


def inject(lab: Lab) -> None:
    """Let groups commit whose coordinator is the same."""
    create_offsets_topic(lab, _BROKERS)
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 90)
    ends = offsets(lab.admin(), _TOPIC, "latest")
    for group in _GROUPS:
        commit(lab, group, _TOPIC, ends)


def heal(lab: Lab) -> None:
    """Delete the groups and their topic."""
    for group in _GROUPS:
        remove(lab, group)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="coordinator-hotspot",
    title="One broker coordinates most groups",
    inject=inject,
    heal=heal,
    expects=(("coordinator-hotspot", {"type": "broker", "id": _HOT}),),
    forbids=("group-dead",),
    settle_seconds=2,
    lab={"properties": {"offsets.topic.num.partitions": str(len(_BROKERS))}},
)
