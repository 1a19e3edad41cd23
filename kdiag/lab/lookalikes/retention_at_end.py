"""Retention deleted all records of a topic; its stopped group had read every one of them."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.topics import wait_deleted

_GROUP, _TOPIC = "cleanup-job", "temp-files"
_RECORDS = 300


def inject(lab: Lab) -> None:
    """Let a consumer read all and leave, and shorten the retention of its topic."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS, past_seconds=(600, 500))
    lab.start_consumer(_GROUP, _TOPIC, stop_after=_RECORDS)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    lab.alter_config("topic", _TOPIC, {"retention.ms": "60000"})
    wait_deleted(lab, _TOPIC, _RECORDS)


LOOKALIKE = Fault(
    name="retention-at-end",
    title="Retention deleted what had been read",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("records-lost-unread", "lag-overtakes-retention", "group-dead", "orphan-group"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
