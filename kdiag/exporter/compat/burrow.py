"""Names of Burrow (linkedin/Burrow), as its own metrics endpoint has them.

Other than there: the status is what kdiag's last diagnosis says of the group, 1 where it found
nothing, 2 for a warning, 3 for a critical finding; Burrow's own word of each partition (4 stopped,
5 stalled, 6 rewound) is not told. What is committed beyond the end has no lag (0 there).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.finding import Report

_OK = 1
_STATUS_OF = {"critical": 3, "warning": 2}
_GROUP = ("cluster", "consumer_group")
_PARTITION = (*_GROUP, "topic", "partition")

_TOTAL = Family(
    "burrow_kafka_consumer_lag_total", "Sum of the lag in records.", _GROUP, level="group"
)
_STATUS = Family(
    "burrow_kafka_consumer_status",
    "What the last diagnosis says of the group: 1 nothing, 2 a warning, 3 a critical finding.",
    _GROUP,
    level="group",
)
_LAG = Family(
    "burrow_kafka_consumer_partition_lag",
    "Lag in records; no series where more is committed than there is.",
    _PARTITION,
    level="partition",
)
_OFFSET = Family(
    "burrow_kafka_consumer_current_offset", "Committed offset.", _PARTITION, level="partition"
)
_PARTITION_STATUS = Family(
    "burrow_kafka_topic_partition_status",
    "As burrow_kafka_consumer_status, of the group that reads the partition.",
    _PARTITION,
    level="partition",
)
_END = Family(
    "burrow_kafka_topic_partition_offset",
    "End offset of the partition.",
    ("cluster", "topic", "partition"),
    level="partition",
)


def families(seen: Seen, cluster: str) -> Iterator[Family]:
    """Yield its metrics."""
    if seen.partitions is not None and seen.shown.has("partition"):
        rows = seen.partitions
        places = (rows["topic"].tolist(), rows["partition"].tolist())
        yield _END.of([cluster] * len(rows), *places, values=rows["end_offset"].tolist())
    if seen.lag is not None:
        yield from _groups(seen, seen.lag, cluster)


def _groups(seen: Seen, rows: Any, cluster: str) -> Iterator[Family]:
    sums = seen.lag_by_group
    names = sums["group"].tolist()
    yield _TOTAL.of([cluster] * len(names), names, values=sums["lag_records"].tolist())
    status = None if seen.report is None else _by_group(seen.report)
    if status is not None:
        values = [status.get(name, _OK) for name in names]
        yield _STATUS.of([cluster] * len(names), names, values=values)
    if not seen.shown.has("partition"):
        return
    groups = rows["group"].tolist()
    places = ([cluster] * len(rows), groups, rows["topic"].tolist(), rows["partition"].tolist())
    yield _LAG.of(*places, values=rows["lag_records"].tolist())
    yield _OFFSET.of(*places, values=rows["committed_offset"].tolist())
    if status is not None:
        values = [status.get(group, _OK) for group in groups]
        yield _PARTITION_STATUS.of(*places, values=values)


def _by_group(report: Report) -> Mapping[str, int]:
    """Return the worst of what is said of each group, where something is."""
    worst: dict[str, int] = {}
    for item in report.standing:
        status = _STATUS_OF.get(item.finding.severity)
        subjects = [item.finding.subject.as_dict(), *(one["subject"] for one in item.objects)]
        for group in {str(one["group"]) for one in subjects if "group" in one}:
            if status is not None:
                worst[group] = max(status, worst.get(group, _OK))
    return worst
