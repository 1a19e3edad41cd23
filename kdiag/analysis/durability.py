"""How many copies each partition has, and how many it may still lose."""

from typing import Any

from kdiag.check import derive
from kdiag.sections import Partitions, TopicConfigs
from kdiag.snapshot import Table


class Durability(Table):
    """One row a partition: its copies against the limit that acks=all writes need.

    missing: replicas out of the ISR. min_insync_replicas: as configured. effective_min_isr:
    min(min.insync.replicas, replication factor), as brokers apply it. spare: in-sync replicas
    above that limit; below 0 acks=all writes are refused.
    """

    noun = "partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "leader": "int",
        "replicas": "object",
        "isr": "object",
        "missing": "object",
        "replication_factor": "int",
        "min_insync_replicas": "int",
        "effective_min_isr": "int",
        "spare": "int",
    }


@derive(configs=("min.insync.replicas",))
def durability(partitions: Partitions, topic_configs: TopicConfigs) -> Durability:
    """Join the ISR of each partition with the limit of its topic.

    A topic whose limit was not read has no row; the errors of its configs tell so.

    Source of the cap: Partition.effectiveMinIsr of the broker.
    """
    limits = config_by_topic(topic_configs, "min.insync.replicas")
    rows = partitions.rows[partitions.rows["topic"].isin(limits)]
    topics, assigned, in_sync = (rows[name].tolist() for name in ("topic", "replicas", "isr"))
    factor = [len(replicas) for replicas in assigned]
    numbers = {topic: int(limit) for topic, limit in limits.items()}
    limit = [numbers[topic] for topic in topics]
    effective = [min(pair) for pair in zip(limit, factor, strict=True)]
    return Durability.of(
        {
            **{"topic": topics, "replicas": assigned, "isr": in_sync},
            **{name: rows[name].array for name in ("partition", "leader")},
            "missing": [
                ()
                if len(isr) == len(replicas)
                else tuple(replica for replica in replicas if replica not in isr)
                for replicas, isr in zip(assigned, in_sync, strict=True)
            ],
            "replication_factor": factor,
            "min_insync_replicas": limit,
            "effective_min_isr": effective,
            "spare": [len(isr) - need for isr, need in zip(in_sync, effective, strict=True)],
        }
    )


def config_by_topic(topic_configs: TopicConfigs, key: str) -> dict[str, Any]:
    """Return topic → value of a config key, for the topics that have a value."""
    rows = topic_configs.only("key", key)
    return {
        topic: value
        for topic, value in zip(rows["topic"].tolist(), rows["value"].tolist(), strict=True)
        if value is not None
    }


def limit_by_topic(topic_configs: TopicConfigs, key: str) -> dict[str, float]:
    """Return topic → number of a config key that is a limit; -1 is none, and is left out."""
    numbers = {
        topic: float(value)
        for topic, value in config_by_topic(topic_configs, key).items()
        if value.lstrip("-").isdigit()
    }
    return {topic: number for topic, number in numbers.items() if number >= 0}
