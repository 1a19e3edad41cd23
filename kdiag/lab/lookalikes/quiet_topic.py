"""A subscriber waits at a topic whose last record is three days old."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "year-end", "closings"
_RECORDS = 100


def inject(lab: Lab) -> None:
    """Let a consumer read records that were made three days ago, and write no more."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS, past_seconds=(3 * 86_400, 3 * 86_400 - 60))
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)


LOOKALIKE = Fault(
    name="quiet-topic",
    title="A subscriber of a topic that is rarely written",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "stuck-consumer",
        "lag-growing",
        "slow-consumer",
        "group-dead",
        "orphan-group",
        "offsets-about-to-expire",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
