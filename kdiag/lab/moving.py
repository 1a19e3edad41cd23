"""Requests that move the leader of a partition."""

from collections.abc import Sequence

from kdiag.lab.peer import frame

_CLIENT = "lab-tool"
_PREFERRED = 0


def prefer(topic: str, replicas: Sequence[int]) -> tuple[bytes, bytes]:
    """Return the requests that make the first of these replicas of partition 0 its leader."""
    from kio.schema.alter_partition_reassignments.v0 import request as alter
    from kio.schema.elect_leaders.v1 import request as elect
    from kio.schema.types import BrokerId, TopicName
    from kio.static.primitive import i8, i32

    name = TopicName(topic)
    ids = tuple(BrokerId(id_) for id_ in replicas)
    part = alter.ReassignablePartition(partition_index=i32(0), replicas=ids)
    ordered = alter.AlterPartitionReassignmentsRequest(
        topics=(alter.ReassignableTopic(name=name, partitions=(part,)),)
    )
    elected = elect.ElectLeadersRequest(
        election_type=i8(_PREFERRED),
        topic_partitions=(elect.TopicPartitions(topic=name, partitions=(i32(0),)),),
    )
    return frame(ordered, 1, _CLIENT), frame(elected, 2, _CLIENT)
