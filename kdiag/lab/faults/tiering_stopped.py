"""The remote store takes no more segments of a tiered topic: they pile up on the brokers."""

from kdiag.lab import tiering
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "dashcam-footage"
_RECORD_BYTES = 10_000
_BEFORE_SEGMENTS, _AFTER_SEGMENTS = 3, 8


def inject(lab: Lab) -> None:
    """Write until segments are copied, break the store, and write more than three segments."""
    lab.create_topic(_TOPIC, partitions=1, configs=tiering.TOPIC)
    _write(lab, _BEFORE_SEGMENTS)
    tiering.wait_copied(lab.home, _TOPIC, _BEFORE_SEGMENTS - 1)
    tiering.break_(lab.home)
    _write(lab, _AFTER_SEGMENTS)


def _write(lab: Lab, segments: int) -> None:
    count = segments * tiering.SEGMENT_BYTES // _RECORD_BYTES
    lab.produce(_TOPIC, count, size=_RECORD_BYTES, partition=0)


def heal(lab: Lab) -> None:
    """Let the store work again, and delete the topic."""
    tiering.repair(lab.home)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="tiering-stopped",
    title="Remote storage takes no more segments",
    inject=inject,
    heal=heal,
    expects=(("tiered-upload-stalled", {"type": "topic", "topic": _TOPIC}),),
    forbids=("retention-not-working", "offline-partition", "retention-promise"),
    objects=(_TOPIC,),
    settle_seconds=3,
    lab=tiering.WITH_TIERS,
    is_last=True,
)
