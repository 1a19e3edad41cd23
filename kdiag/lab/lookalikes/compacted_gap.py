"""The record at a committed offset was compacted away: the group goes on at the next one."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_GROUP, _TOPIC = "profile-cache", "profiles"
_COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": "1000",
    "min.cleanable.dirty.ratio": "0.01",
}


def inject(lab: Lab) -> None:
    """Let a consumer leave in the middle of what is then compacted, and return."""
    lab.create_topic(_TOPIC, partitions=1, configs=_COMPACTED)
    lab.produce(_TOPIC, 200, key="one")
    lab.start_consumer(_GROUP, _TOPIC, stop_after=100)
    wait_committed(lab, _GROUP, _TOPIC, 100)
    wait_state(lab, _GROUP, "EMPTY")
    lab.produce(_TOPIC, 10, key="other")
    wait_until(lambda: _first_after(lab, 100) > 100, "the record has been compacted away", 60)
    lab.start_consumer(_GROUP, _TOPIC, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 210)


def _first_after(lab: Lab, offset: int) -> int:
    """Return the offset of the first record at or after an offset, or 0 if none is read in time."""
    from confluent_kafka import Consumer, TopicPartition

    reader = Consumer(lab.client_config() | {"group.id": _GROUP, "enable.auto.commit": False})
    try:
        reader.assign([TopicPartition(_TOPIC, 0, offset)])
        message = reader.poll(5)
    finally:
        reader.close()
    return 0 if message is None else message.offset() or 0


LOOKALIKE = Fault(
    name="compacted-gap",
    title="The record at a committed offset was compacted away",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("records-lost-unread", "commit-beyond-end", "offset-jump", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
