"""`__consumer_offsets` of a lab, where a fault decides which broker coordinates a group."""

from collections.abc import Sequence

from kdiag.lab.lab import Lab

_TOPIC = "__consumer_offsets"
_CONFIGS = {"cleanup.policy": "compact", "compression.type": "producer"}
"""As the coordinator creates it (GroupCoordinatorService.groupMetadataTopicConfigs)."""


def create_offsets_topic(lab: Lab, assignment: Sequence[Sequence[int]]) -> None:
    """Create the topic before the first group does; per partition its brokers, the leader first."""
    lab.create_topic(_TOPIC, configs=_CONFIGS, assignment=assignment)


def partition_of(group: str, partitions: int) -> int:
    """Return the partition of a group: Utils.abs(group.hashCode()) modulo the partitions."""
    code = 0
    for unit in group.encode("utf-16-be")[1::2]:
        code = (31 * code + unit) & 0xFFFFFFFF
    signed = code - (1 << 32) if code >= 1 << 31 else code
    return (0 if signed == -(1 << 31) else abs(signed)) % partitions
