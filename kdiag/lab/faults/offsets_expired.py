"""The committed offsets of a group expired while it was away: it returns as if it were new."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members, wait_uncommitted
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "yearly-report", "balances"
_RECORDS = 200


def inject(lab: Lab) -> None:
    """Let a consumer leave, wait until the brokers forget its offsets, and let it return."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(_GROUP, _TOPIC, stop_after=_RECORDS, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    wait_uncommitted(lab, _GROUP, _TOPIC, 120)
    lab.start_consumer(_GROUP, _TOPIC, reset="latest", client_id=_GROUP)
    wait_members(lab, _GROUP, 1)


FAULT = Fault(
    name="offsets-expired",
    title="A group returned after its offsets had expired",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("offsets-expired", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("stuck-consumer", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
    lab={
        "brokers": 1,
        "properties": {
            "offsets.retention.minutes": "1",
            "offsets.retention.check.interval.ms": "5000",
        },
    },
)
