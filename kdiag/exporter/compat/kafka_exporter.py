"""Names of kafka_exporter (danielqsj/kafka_exporter).

Other than there: a partition without a commit has no series, and is not in the sums (-1 there, and
in the sum); what is committed beyond the end has no lag (negative there); below the log start the
lag counts from the log start.
"""

from collections.abc import Iterator
from typing import Any

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.sections import Brokers

_PARTITION = ("topic", "partition")
_TOPIC_OF_GROUP = ("consumergroup", "topic")
_PARTITION_OF_GROUP = ("consumergroup", "topic", "partition")

_BROKERS = Family("kafka_brokers", "Brokers that are registered.")
_BROKER = Family("kafka_broker_info", "A broker and its address.", ("id", "address"))
_PARTITIONS = Family(
    "kafka_topic_partitions", "Partitions of the topic.", ("topic",), level="topic"
)
_MEMBERS = Family(
    "kafka_consumergroup_members", "Members of the group.", ("consumergroup",), level="group"
)
_OFFSET_SUM = Family(
    "kafka_consumergroup_current_offset_sum",
    "Sum of the committed offsets; partitions without one are not in it.",
    _TOPIC_OF_GROUP,
    level="topic",
)
_LAG_SUM = Family(
    "kafka_consumergroup_lag_sum",
    "Sum of the lag in records; partitions without a commit are not in it.",
    _TOPIC_OF_GROUP,
    level="topic",
)
_OFFSET = Family(
    "kafka_consumergroup_current_offset",
    "Committed offset; no series without one.",
    _PARTITION_OF_GROUP,
    level="partition",
)
_LAG = Family(
    "kafka_consumergroup_lag",
    "Lag in records; no series without a commit, or with one beyond the end.",
    _PARTITION_OF_GROUP,
    level="partition",
)
_OF_PARTITION = {
    "end_offset": ("current_offset", "End offset of the partition."),
    "log_start_offset": ("oldest_offset", "Log start offset of the partition."),
    "leader": ("leader", "Id of the leader; no series where there is none."),
    "replica_count": ("replicas", "Replicas of the partition."),
    "in_sync_count": ("in_sync_replica", "In-sync replicas of the partition."),
    "is_preferred": ("leader_is_preferred", "1 if the preferred replica leads."),
    "under_replicated": ("under_replicated_partition", "1 if a replica is not in sync."),
}


def families(seen: Seen, cluster: str) -> Iterator[Family]:
    """Yield its metrics; they have no label of the cluster."""
    brokers = seen.held(Brokers)
    if brokers is not None:
        rows = brokers.rows[brokers.rows["is_registered"]]
        places = zip(rows["broker"], rows["host"], rows["port"], strict=True)
        yield _BROKERS.one(len(rows))
        yield _BROKER.rows([(id_, f"{host}:{port}", 1) for id_, host, port in places])
    if seen.partitions is not None:
        yield from _partitions(seen, seen.partitions)
    if seen.groups is not None:
        rows = seen.groups
        yield _MEMBERS.of(rows["group"].tolist(), values=rows["members"].tolist())
    if seen.lag is not None:
        yield from _lag(seen, seen.lag)


def _partitions(seen: Seen, rows: Any) -> Iterator[Family]:
    if seen.shown.has("topic"):
        sizes = rows.groupby("topic", sort=False).size()
        yield _PARTITIONS.of(sizes.index.tolist(), values=sizes.tolist())
    if not seen.shown.has("partition"):
        return
    rows = rows.assign(is_preferred=1 - rows["offline"] - rows["not_preferred"])
    places = (rows["topic"].tolist(), rows["partition"].tolist())
    for column, (name, help_) in _OF_PARTITION.items():
        family = Family(f"kafka_topic_partition_{name}", help_, _PARTITION, level="partition")
        yield family.of(*places, values=rows[column].tolist())


def _lag(seen: Seen, rows: Any) -> Iterator[Family]:
    if seen.shown.has("topic"):
        sums = seen.lag_by_topic
        names = (sums["group"].tolist(), sums["topic"].tolist())
        yield _OFFSET_SUM.of(*names, values=sums["committed_offset"].tolist())
        yield _LAG_SUM.of(*names, values=sums["lag_records"].tolist())
    if seen.shown.has("partition"):
        places = (rows["group"].tolist(), rows["topic"].tolist(), rows["partition"].tolist())
        yield _OFFSET.of(*places, values=rows["committed_offset"].tolist())
        yield _LAG.of(*places, values=rows["lag_records"].tolist())
