"""A group commits so much, and so little of it is compacted, that its coordinator reads for long.

A partition of __consumer_offsets was told to keep all records for an hour.
"""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove
from kdiag.lab.lab import Lab
from kdiag.lab.offsets_topic import partition_of

_OFFSETS, _PARTITIONS = "__consumer_offsets", 5
_GROUP, _TOPIC, _READ_PARTITIONS = "shelf-counter", "shelf-counts", 300
_COMMITS = 200


def inject(lab: Lab) -> None:
    """Commit all partitions of a topic again and again."""
    lab.create_topic(_TOPIC, partitions=_READ_PARTITIONS, replication_factor=1)
    lab.produce(_TOPIC, 1_000)
    for number in range(_COMMITS):
        commit(lab, _GROUP, _TOPIC, dict.fromkeys(range(_READ_PARTITIONS), number % 3))
        if not number:
            lab.alter_config("topic", _OFFSETS, {"min.compaction.lag.ms": "3600000"})


def heal(lab: Lab) -> None:
    """Let it be compacted, and delete the group and its topic."""
    lab.alter_config("topic", _OFFSETS, {"min.compaction.lag.ms": None})
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="commits-uncompacted",
    title="A partition of __consumer_offsets grows and is not compacted",
    inject=inject,
    heal=heal,
    expects=(
        (
            "consumer-offsets-bloat",
            {
                "type": "partition",
                "topic": _OFFSETS,
                "partition": partition_of(_GROUP, _PARTITIONS),
            },
        ),
    ),
    forbids=("compaction-stopped", "compaction-pinned"),
    settle_seconds=2,
    lab={"brokers": 1, "properties": {"offsets.topic.segment.bytes": "1048576"}},
)
