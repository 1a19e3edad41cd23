"""A tiered topic at work: most of it is elsewhere, a group reads it from there, much is written."""

from kdiag.lab import tiering
from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "trip-replay", "trip-points"
_RECORDS, _RECORD_BYTES = 600, 10_000
_COPIED_SEGMENTS = 4


def inject(lab: Lab) -> None:
    """Write six segments, wait until the local log is short, and read all of them."""
    lab.create_topic(_TOPIC, partitions=1, configs=tiering.TOPIC)
    lab.produce(_TOPIC, _RECORDS, size=_RECORD_BYTES, partition=0)
    tiering.wait_copied(lab.home, _TOPIC, _COPIED_SEGMENTS)
    lab.start_producer(_TOPIC, rate=100, size=_RECORD_BYTES, keys=100)
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)


LOOKALIKE = Fault(
    name="tiered-topic",
    title="A tiered topic of which brokers keep the end only",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "tiered-upload-stalled",
        "retention-not-working",
        "retention-promise",
        "retention-cut-by-size",
        "records-lost-unread",
        "lag-overtakes-retention",
        "offset-jump",
        "replica-skew",
    ),
    objects=(_GROUP, _TOPIC),
    settle_seconds=5,
    lab=tiering.WITH_TIERS,
)
