"""Members are restarted now and then and come back as strangers each time."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "audit-trail", "audit-events"


def inject(lab: Lab) -> None:
    """Let two of four members leave for a moment every 10 s."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, members=2, client_id=f"{_GROUP}-vm")
    lab.start_consumer(
        _GROUP, _TOPIC, members=2, stay_seconds=10, away_seconds=2, client_id=f"{_GROUP}-spot"
    )
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="no-static-membership",
    title="Restarted members come back as new ones",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(
        ("crash-looping-member", {"type": "group", "group": _GROUP}),
        ("no-static-membership", {"type": "group", "group": _GROUP}),
    ),
    forbids=("poll-eviction-storm", "session-loss-storm", "rebalance-stuck"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=45,
)
