"""Topics and partitions."""

from collections.abc import Iterator
from typing import Any

from kdiag.exporter.family import Family
from kdiag.exporter.seen import FLAGS, Seen

_LABELS = ("topic",)
_PARTITIONS = Family(
    "kdiag_topic_partitions", "Partitions of the topic (Metadata).", _LABELS, level="topic"
)
_BYTES = Family(
    "kdiag_topic_logs_bytes",
    "Size of all replicas of the topic, those that are being moved in included (DescribeLogDirs).",
    _LABELS,
    level="topic",
)
_COUNTS = {
    flag: Family(
        f"kdiag_topic_partitions_{flag}",
        f"Partitions of the topic that count in kdiag_partitions_{flag}.",
        _LABELS,
        level="topic",
    )
    for flag in FLAGS
}
_RECORDS = Family(
    "kdiag_topic_end_offset",
    "Sum of the end offsets of the topic: records ever written to it, and transaction markers "
    "(ListOffsets).",
    _LABELS,
    level="topic",
)
_OF_PARTITION = {
    "end_offset": "High watermark of the partition (ListOffsets).",
    "log_start_offset": "First offset that the partition still has (ListOffsets).",
    "leader": "Id of the broker that leads the partition; no series where none does (Metadata).",
    "replica_count": "Replicas of the partition (Metadata).",
    "in_sync_count": "In-sync replicas of the partition (Metadata).",
}
_NAMES = {
    "end_offset": "log_end_offset",
    "replica_count": "replicas",
    "in_sync_count": "in_sync_replicas",
}


def topics(seen: Seen) -> Iterator[Family]:
    """Yield what is told of each topic, and of each partition where they are shown."""
    rows = seen.partitions
    if rows is None:
        return
    if seen.shown.has("topic"):
        yield from _topics(seen, rows)
    if seen.shown.has("partition"):
        yield from _partitions(rows)


def _topics(seen: Seen, rows: Any) -> Iterator[Family]:
    number = rows.groupby("topic", sort=False).size()
    names = number.index.tolist()
    yield _PARTITIONS.of(names, values=number.tolist())
    for flag, family in _COUNTS.items():
        if rows[flag].notna().all():
            counted = rows[flag].astype("int64").groupby(rows["topic"], sort=False).sum()
            yield family.of(names, values=counted.tolist())
    if rows["end_offset"].notna().any():
        whole = rows[rows["end_offset"].notna().groupby(rows["topic"]).transform("all")]
        ends = whole.groupby("topic", sort=False)["end_offset"].sum()
        yield _RECORDS.of(ends.index.tolist(), values=ends.tolist())
    sizes = seen.topic_bytes
    if sizes is not None:
        yield _BYTES.of(sizes["topic"].tolist(), values=sizes["size_bytes"].tolist())


def _partitions(rows: Any) -> Iterator[Family]:
    places = (rows["topic"].tolist(), rows["partition"].tolist())
    for column, help_ in _OF_PARTITION.items():
        name = f"kdiag_topic_partition_{_NAMES.get(column, column)}"
        family = Family(name, help_, ("topic", "partition"), level="partition")
        yield family.of(*places, values=rows[column].tolist())
