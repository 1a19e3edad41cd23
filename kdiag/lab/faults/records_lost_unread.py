"""Retention has deleted records that a stopped group had not read."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.topics import wait_deleted

_GROUP, _TOPIC = "data-lake", "visits"


def inject(lab: Lab) -> None:
    """Let a consumer leave early and shorten the retention of its topic."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.produce(_TOPIC, 300, past_seconds=(600, 500))
    lab.start_consumer(_GROUP, _TOPIC, stop_after=100, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 100)
    lab.alter_config("topic", _TOPIC, {"retention.ms": "60000"})
    wait_deleted(lab, _TOPIC, 300)


FAULT = Fault(
    name="records-lost-unread",
    title="Retention deleted what a group had not read",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("records-lost-unread", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("commit-beyond-end", "stuck-consumer"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
