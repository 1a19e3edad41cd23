"""How many copies each topic has, against what it could have and what its writes need.

Three copies are the usual target: one may be down for maintenance and another may fail (Kafka
operations documentation, and the brokers' own default for their internal topics). A cluster with
fewer brokers cannot hold more copies than it has brokers.
"""

import re
from itertools import chain
from typing import Any

from kdiag.analysis.families import is_streams_topic
from kdiag.check import derive
from kdiag.sections import Brokers, Partitions, Reassignments, TopicConfigs, Topics
from kdiag.snapshot import Table

TARGET_REPLICAS = 3
"""Copies of a topic, where the cluster has as many brokers."""

PLUMBING = re.compile(
    r"__(consumer_offsets|transaction_state|share_group_state|remote_log_metadata)"
    r"|_schemas|kafkasql-journal|connect-([\w.-]+-)?(configs?|offsets?|status(es)?)"
)
"""Topics in which Kafka, Connect and Schema Registry keep their own state, by their usual names."""


def is_made_by_software(name: str) -> bool:
    """Tell whether Kafka, Connect, Schema Registry or Streams made a topic for itself."""
    return name.startswith("__") or is_streams_topic(name) or bool(PLUMBING.fullmatch(name))


class CopyTargets(Table):
    """One row a topic: the copies it has and the copies it should have.

    is_plumbing: Kafka, Connect or Schema Registry keep their own state in it. replication_factor:
    of its partition with the fewest replicas, once what moves has moved. wanted_replicas: min(3,
    brokers that are registered or hold replicas); a fenced broker without replicas does not count.
    """

    noun = "topics"
    columns = {
        "topic": "str",
        "is_plumbing": "bool",
        "partition_count": "int",
        "replication_factor": "int",
        "wanted_replicas": "int",
    }


class TopicDurability(Table):
    """One row a topic whose limit was read: its copies, its limit, and where the limit is set.

    replication_factor: as in `CopyTargets`. source: topic, broker,
    cluster-default, static, default.
    """

    noun = "topics"
    columns = {
        "topic": "str",
        "replication_factor": "int",
        "min_insync_replicas": "int",
        "source": "str",
    }


@derive()
def copy_targets(
    topics: Topics, brokers: Brokers, partitions: Partitions, moving: Reassignments | None
) -> CopyTargets:
    """Set the copies of each topic against what the cluster has room for."""
    rows = topics.rows
    pairs = zip(rows["topic"], rows["is_internal"], strict=True)
    plumbing = [is_internal or bool(PLUMBING.fullmatch(topic)) for topic, is_internal in pairs]
    wanted = min(TARGET_REPLICAS, _homes(brokers, partitions))
    return CopyTargets.of(
        {
            "topic": rows["topic"],
            "is_plumbing": plumbing,
            "partition_count": rows["partition_count"].array,
            "replication_factor": _factors(topics, partitions, moving).array,
            "wanted_replicas": [wanted] * len(rows),
        }
    )


def _factors(topics: Topics, partitions: Partitions, moving: Reassignments | None) -> Any:
    """Return the fewest replicas of each topic; while a partition moves it has those of both."""
    factors = topics.rows["replication_factor_min"]
    if moving is None or moving.rows.empty:
        return factors
    rows = partitions.rows[partitions.rows["topic"].isin(set(moving.rows["topic"]))]
    rows = rows.merge(moving.rows[["topic", "partition", "removing"]], "left")
    leaving = rows["removing"].map(lambda ids: len(ids) if isinstance(ids, tuple) else 0)
    after = (rows["replicas"].map(len) - leaving).groupby(rows["topic"]).min()
    return topics.rows["topic"].map(after).astype("Int64").fillna(factors)


def _homes(brokers: Brokers, partitions: Partitions) -> int:
    """Return how many brokers may hold replicas."""
    rows = brokers.rows
    serving = set(rows.loc[rows["is_registered"] & ~rows["is_fenced"], "broker"])
    return len(serving | set(chain.from_iterable(partitions.rows["replicas"])))


@derive(configs=("min.insync.replicas",))
def topic_durability(
    topics: Topics,
    topic_configs: TopicConfigs,
    partitions: Partitions | None,
    moving: Reassignments | None,
) -> TopicDurability:
    """Join the replication factor of each topic with its limit.

    A topic whose limit was not read has no row; the errors of its configs tell so.
    """
    limits = topic_configs.only("key", "min.insync.replicas").dropna(subset="value")
    factors = topics.rows["replication_factor_min"]
    if partitions is not None:
        factors = _factors(topics, partitions, moving)
    joined = topics.rows.assign(factor=factors).merge(
        limits[["topic", "value", "source"]], on="topic"
    )
    return TopicDurability.of(
        {
            "topic": joined["topic"],
            "replication_factor": joined["factor"].array,
            "min_insync_replicas": [int(value) for value in joined["value"]],
            "source": joined["source"],
        }
    )
