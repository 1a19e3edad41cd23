"""Names of kafka-lag-exporter (seglo/kafka-lag-exporter), and of klag-exporter, which has them.

Other than there: what is committed beyond the end has no lag (0 there); seconds of lag come from
end offsets seen over time, and have no series where these do not tell. poll_time_ms is not served:
kdiag_snapshot_duration_seconds is.
"""

from collections.abc import Iterator
from typing import Any

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen

_GROUP, _TOPIC = ("cluster_name", "group"), ("cluster_name", "group", "topic")
_MEMBER = (*_TOPIC, "partition", "member_host", "consumer_id", "client_id")
_LOG = ("cluster_name", "topic", "partition")

_ENDS = {
    "end_offset": Family(
        "kafka_partition_latest_offset", "End offset of the partition.", _LOG, level="partition"
    ),
    "log_start_offset": Family(
        "kafka_partition_earliest_offset",
        "Log start offset of the partition.",
        _LOG,
        level="partition",
    ),
}
_OF_PARTITION = {
    "committed_offset": Family(
        "kafka_consumergroup_group_offset", "Committed offset.", _MEMBER, level="partition"
    ),
    "lag_records": Family(
        "kafka_consumergroup_group_lag",
        "Lag in records; no series where more is committed than there is.",
        _MEMBER,
        level="partition",
    ),
    "lag_seconds": Family(
        "kafka_consumergroup_group_lag_seconds",
        "Age of the oldest unread record; no series where it is not known.",
        _MEMBER,
        level="partition",
    ),
}
_MAX = Family(
    "kafka_consumergroup_group_max_lag", "Lag of the worst partition.", _GROUP, level="group"
)
_MAX_SECONDS = Family(
    "kafka_consumergroup_group_max_lag_seconds",
    "Age of the oldest unread record; no series where it is not known.",
    _GROUP,
    level="group",
)
_SUM = Family(
    "kafka_consumergroup_group_sum_lag", "Sum of the lag in records.", _GROUP, level="group"
)
_TOPIC_SUM = Family(
    "kafka_consumergroup_group_topic_sum_lag",
    "Sum of the lag in records on a topic.",
    _TOPIC,
    level="topic",
)


def families(seen: Seen, cluster: str) -> Iterator[Family]:
    """Yield its metrics."""
    if seen.partitions is not None and seen.shown.has("partition"):
        rows = seen.partitions
        places = ([cluster] * len(rows), rows["topic"].tolist(), rows["partition"].tolist())
        for column, family in _ENDS.items():
            yield family.of(*places, values=rows[column].tolist())
    if seen.lag is not None:
        yield from _groups(seen.lag_by_group, cluster)
        if seen.shown.has("topic"):
            sums = seen.lag_by_topic
            names = (sums["group"].tolist(), sums["topic"].tolist())
            values = sums["lag_records"].tolist()
            yield _TOPIC_SUM.of([cluster] * len(sums), *names, values=values)
        if seen.shown.has("partition"):
            yield from _partitions(seen, seen.lag, cluster)


def _groups(rows: Any, cluster: str) -> Iterator[Family]:
    places = ([cluster] * len(rows), rows["group"].tolist())
    yield _MAX.of(*places, values=rows["max_lag_records"].tolist())
    yield _MAX_SECONDS.of(*places, values=rows["lag_seconds"].tolist())
    yield _SUM.of(*places, values=rows["lag_records"].tolist())


def _partitions(seen: Seen, rows: Any, cluster: str) -> Iterator[Family]:
    places = list(zip(rows["group"], rows["topic"], rows["partition"], strict=True))
    owners = [seen.owners.get(place, ("", "", "")) for place in places]
    columns = (
        [cluster] * len(places),
        *(list(column) for column in zip(*places, strict=True)),
        *(list(column) for column in zip(*owners, strict=True)),
    )
    if places:
        for column, family in _OF_PARTITION.items():
            yield family.of(*columns, values=rows[column].tolist())
