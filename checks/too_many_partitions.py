"""Brokers that hold more replicas than they can look after.

Each replica costs open files, two memory maps a segment, and a share of every fetch and of every
failover. About 4,000 replicas a broker, and 200,000 partitions a cluster with ZooKeeper, are the
usual limits (Apache Kafka supports 200K partitions per cluster, 2018). KRaft lifted the limit of
the cluster (KIP-500), not that of a broker.

Reads: Metadata (replicas of the partitions), ApiVersions (KRaft or ZooKeeper).
"""

from kdiag.api import (
    CLUSTER,
    Action,
    Cluster,
    Finding,
    Partitions,
    Said,
    broker,
    check,
    count,
    listed,
)

_TOP_TOPICS = 5
_ACTIONS = (
    Action(
        "See which topics have many partitions and little traffic; partitions cannot be taken "
        "away, only topics merged or made anew.",
        "kafka-topics.sh --bootstrap-server {bootstrap} --describe | grep PartitionCount",
    ),
    Action("Or add brokers, and move replicas to them.", effect="disruptive"),
)


@check(area="topics")
def too_many_partitions(
    partitions: Partitions,
    cluster: Cluster | None,
    *,
    per_broker_replicas: int = 4000,
    zookeeper_partitions: int = 200_000,
) -> Said:
    """Brokers with more than about 4,000 replicas.

    per_broker_replicas: replicas that one broker may hold.
    zookeeper_partitions: partitions that a cluster in ZooKeeper mode may have; its controller
        reads and writes them one by one when a broker fails.
    """
    held: dict[int, int] = {}
    for replicas, number in partitions.rows["replicas"].value_counts().items():
        for id_ in replicas:
            held[id_] = held.get(id_, 0) + int(number)
    hits = {id_: held[id_] for id_ in sorted(held) if held[id_] > per_broker_replicas}
    led = partitions.rows["leader"].value_counts()
    top = _top_topics(partitions) if hits else []
    for id_, number in hits.items():
        yield _broker(id_, number, per_broker_replicas, int(led.get(id_, 0)), top)
    total = len(partitions)
    if cluster is not None and cluster.mode == "zookeeper" and total > zookeeper_partitions:
        yield _cluster(total, zookeeper_partitions)


def _top_topics(partitions: Partitions) -> list[tuple[str, int]]:
    rows = partitions.rows
    replicas = rows["replicas"].map(len).groupby(rows["topic"]).sum().nlargest(_TOP_TOPICS)
    return [(name, int(number)) for name, number in replicas.items()]


def _broker(id_: int, number: int, most: int, led: int, top: list[tuple[str, int]]) -> Finding:
    named = listed(f"{name} ({number:,})" for name, number in top)
    return Finding(
        "warning",
        broker(id_),
        f"Broker {id_} holds {count(number, 'replica')}; a broker should hold {most:,} at most.",
        "Failover and restarts take long, and open files and memory maps may run out.",
        cause=f"Topics with most replicas in the cluster: {named}.",
        due="partitions are added",
        evidence={
            "replica_count": number,
            "leader_count": led,
            "limit_replicas": most,
            "top_topics": [{"topic": name, "replica_count": held} for name, held in top],
        },
        actions=_ACTIONS,
    )


def _cluster(total: int, most: int) -> Finding:
    return Finding(
        "warning",
        CLUSTER,
        f"The cluster has {count(total, 'partition')} in ZooKeeper mode; {most:,} is the limit.",
        "When a broker or the controller fails, partitions are without a leader for minutes.",
        cause="The controller reads and writes the state of each partition in ZooKeeper.",
        evidence={"partition_count": total, "limit_partitions": most},
        actions=(*_ACTIONS[:1], Action("Migrate to KRaft, which has no such limit.")),
    )
