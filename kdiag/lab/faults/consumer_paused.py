"""A consumer pauses and keeps polling: it commits the same offsets again and again."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "dunning", "dunning-letters"
_RECORDS = 240


def inject(lab: Lab) -> None:
    """Have a consumer pause after it has read what there was, while more is written."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(
        _GROUP, _TOPIC, pause_after=_RECORDS, commits_unchanged=True, client_id=_GROUP
    )
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    lab.start_producer(_TOPIC, rate=50, keys=100)


FAULT = Fault(
    name="consumer-paused",
    title="A consumer has paused its partitions",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("stuck-consumer", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("group-dead", "slow-consumer", "poison-record"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
