"""The plan for three times the load: which topics have partitions for it."""

import math
from collections.abc import Iterator
from typing import Any

from kdiag.analysis.lag import OLD_SECONDS, PartitionLag
from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.audit.blocks import Cell, Table, table
from kdiag.audit.seen import Seen

TIMES = 3
"""Partitions are planned for so many times the load, since adding them later moves keys."""

PARTITION_BYTES_PER_SECOND = 10 << 20
"""What one partition carries without trouble: the least of the tens of MB a second that Confluent's
"How to choose the number of topics/partitions in a Kafka cluster" names."""


def partition_plan(seen: Seen) -> Table | None:
    """Return the topics that are written to, those with the least room first."""
    growth, lag = seen.held(PartitionGrowth), seen.held(PartitionLag)
    if growth is None:
        return None
    paces = {} if lag is None else dict(_paces(lag))
    rows = growth.rows
    rows = rows.assign(bytes=rows["high_per_second"] * rows["record_bytes"])
    by_topic = rows.groupby("topic").agg(
        number=("partition", "size"),
        records=("high_per_second", "sum"),
        bytes=("bytes", "sum"),
    )
    planned = [_planned(row, paces) for row in by_topic[by_topic["records"] > 0].itertuples()]
    planned.sort(key=lambda row: -float(row[5] or 0) / float(row[1] or 1))
    return table(
        f"Partitions for {TIMES} times the load: by bytes, and by the groups that cannot keep up "
        "now and show what one partition of them reads",
        {
            "Topic": "text",
            "Partitions": "count",
            "Records now": "per_second",
            "Bytes now": "bytes_per_second",
            "Slowest group": "text",
            "Needed": "count",
            "Enough": "text",
        },
        planned,
    )


def _paces(lag: PartitionLag) -> Iterator[tuple[str, tuple[float, str]]]:
    """Yield topic → records a second of one partition of its slowest group, and that group.

    Only groups that fall behind show their limit; one that keeps up reads what there is.
    """
    rows = lag.rows[(lag.rows["oldest_unread_seconds"] >= OLD_SECONDS) & lag.rows["rises"]]
    for (topic, group), part in rows.groupby(["topic", "group"]):
        pace = float(part["consumed_per_second"].mean())
        if pace > 0:
            yield str(topic), (pace, str(group))


def _planned(row: Any, paces: dict[str, tuple[float, str]]) -> tuple[Cell, ...]:
    topic, number = str(row.Index), int(row.number)
    needed = TIMES * float(row.bytes or 0) / PARTITION_BYTES_PER_SECOND
    pace, group = paces.get(topic, (0.0, None))
    if pace:
        needed = max(needed, TIMES * float(row.records) / pace)
    whole = max(1, math.ceil(needed)) if needed == needed else None
    enough = None if whole is None else "yes" if whole <= number else "no"
    return topic, number, float(row.records), float(row.bytes), group, whole, enough
