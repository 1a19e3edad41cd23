"""A group reads more slowly than retention deletes: it will lose what it has not read."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "fraud-scoring", "card-transactions"


def inject(lab: Lab) -> None:
    """Let a slow consumer begin at records that are nearly as old as the topic keeps them."""
    lab.create_topic(_TOPIC, configs={"retention.ms": "900000", "segment.ms": "60000"})
    lab.produce(_TOPIC, 16_000, past_seconds=(820, 0))
    lab.start_producer(_TOPIC, rate=100, keys=500)
    lab.start_consumer(_GROUP, _TOPIC, seconds_per_record=0.1, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="lag-overtakes-retention",
    title="Retention is about to delete what a group has not read",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(
        ("slow-consumer", {"type": "group", "group": _GROUP, "topic": _TOPIC}),
        ("lag-overtakes-retention", {"type": "group", "group": _GROUP, "topic": _TOPIC}),
    ),
    forbids=("stuck-consumer", "group-dead", "poison-record"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=15,
)
