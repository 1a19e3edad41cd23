"""A group has more members than partitions: some of them get nothing to read."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "avatar-resizer", "avatars"


def inject(lab: Lab) -> None:
    """Let five members share three partitions."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, members=5, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, 5)


FAULT = Fault(
    name="idle-members",
    title="More members than partitions",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("idle-members", {"type": "group", "group": _GROUP}),),
    forbids=("partition-ceiling", "slow-consumer", "stuck-consumer"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
