"""Who may lead where nobody does: DescribeTopicPartitions (KIP-966, Kafka 3.8 and newer).

Asked only for partitions without a leader or without an ISR, of any broker, in one request. With
eligible leader replicas on, these have everything that was acknowledged, like members of an ISR;
the last known one is the leader that was the last to go.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kdiag.errors import KdiagError
from kdiag.wire.cluster import Wire

MOST_PARTITIONS = 2000
"""As many as a broker describes in one answer (max.request.partition.size.limit)."""

Log = tuple[str, int]
Ids = tuple[int, ...]


async def read_eligible(wire: Wire, topics: Iterable[Any]) -> Mapping[Log, tuple[Ids, Ids]]:
    """Return (topic, partition) → eligible leader replicas, and last known ones.

    topics: as Metadata returned them. What is not told (an older broker, more partitions than one
    answer holds) has no entry.
    """
    wanted = _without_leader(topics)
    if not wanted:
        return {}
    fields = {
        "topics": [{"name": name} for name in sorted({name for name, _ in wanted})],
        "response_partition_limit": MOST_PARTITIONS,
        "cursor": None,
    }
    try:
        reply = await wire.ask(None, "DescribeTopicPartitions", fields)
    except KdiagError:
        return {}
    return {
        (str(topic.name), int(part.partition_index)): (
            _ids(part.eligible_leader_replicas),
            _ids(part.last_known_elr),
        )
        for topic in reply.topics
        for part in topic.partitions
        if (str(topic.name), int(part.partition_index)) in wanted
    }


def _without_leader(topics: Iterable[Any]) -> set[Log]:
    return {
        (str(topic.name), int(part.partition_index))
        for topic in topics
        for part in topic.partitions
        if int(part.leader_id) < 0 or not part.isr_nodes
    }


def _ids(nodes: Any) -> Ids:
    return tuple(int(id_) for id_ in nodes or ())
