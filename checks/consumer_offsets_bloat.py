"""Partitions of __consumer_offsets that have grown far beyond their peers.

The topic is compacted: a healthy partition holds the last commit of each group and partition, and
one segment (offsets.topic.segment.bytes, 100 MiB) that is still written to, so up to two segments
are normal. A coordinator reads all of it before it serves its groups, which takes minutes for
gigabytes.

Reads: DescribeLogDirs (sizes), DescribeConfigs (segment.bytes), ListOffsets (last stable offset).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    NotApplicable,
    Offsets,
    Replicas,
    Retention,
    Said,
    broker,
    check,
    listed,
    partition,
    size,
)

_TOPIC = "__consumer_offsets"
_SEGMENT_BYTES = 104_857_600


@check(
    area="disk",
    explained_by=("compaction-stopped", "compaction-pinned", "open-transaction-pins-lso"),
)
def consumer_offsets_bloat(
    replicas: Replicas,
    retention: Retention | None,
    offsets: Offsets | None,
    *,
    segments_count: int = 4,
    peers_times_ratio: float = 10.0,
    alone_segments_count: int = 10,
) -> Said:
    """Partitions of __consumer_offsets that are not compacted as they should be.

    segments_count: a partition of no more segments is left alone.
    peers_times_ratio: how many times the size of the usual partition it has.
    alone_segments_count: with more segments it is told whatever the others have.
    """
    held = replicas.rows[(replicas.rows["topic"] == _TOPIC) & ~replicas.rows["is_future"]]
    if not len(held):
        yield NotApplicable("no group has committed an offset yet")
        return
    segment = _segment_bytes(retention)
    sizes = held.groupby("partition")["size_bytes"].max()
    usual = float(sizes.median())
    is_bloat = (sizes > segments_count * segment) & (sizes > peers_times_ratio * usual)
    for number, bytes_ in sizes[is_bloat | (sizes > alone_segments_count * segment)].items():
        rows = held[held["partition"] == number]
        yield _finding(int(number), int(bytes_), usual, segment, rows, _held_back(offsets, number))


def _segment_bytes(retention: Retention | None) -> int:
    rows = (Retention.of() if retention is None else retention).rows
    values = rows.loc[rows["topic"] == _TOPIC, "segment_bytes"].dropna()
    return int(values.iloc[0]) if len(values) else _SEGMENT_BYTES


def _held_back(offsets: Offsets | None, number: Any) -> int:
    """Return how many records are behind the last stable offset."""
    rows = (Offsets.of() if offsets is None else offsets).rows
    mine = rows[(rows["topic"] == _TOPIC) & (rows["partition"] == number)]
    held = (mine["end_offset"] - mine["last_stable_offset"]).dropna()
    return int(held.iloc[0]) if len(held) else 0


def _finding(
    number: int, bytes_: int, usual: float, segment: int, rows: Any, held_back: int
) -> Finding:
    large = rows[rows["size_bytes"] >= bytes_ / 2]
    ids = sorted(int(id_) for id_ in large["broker"])
    return Finding(
        "warning",
        partition(_TOPIC, number),
        f"Partition {number} of {_TOPIC} has {size(bytes_)} on broker{'s' * (len(ids) > 1)} "
        f"{listed(ids)}; the usual one has {size(usual)}.",
        "Groups that it serves wait for minutes when their coordinator changes, until all of it "
        "is read.",
        cause=f"{held_back:,} records are behind an open transaction; nothing there is compacted."
        if held_back
        else "It is not compacted, or takes in more than the cleaner gets done.",
        evidence={
            "size_bytes": bytes_,
            "usual_bytes": int(usual),
            "segment_bytes": segment,
            "brokers": ids,
            "held_back_records": held_back,
        },
        actions=(
            Action(
                "See what keeps it from being compacted.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
                "--entity-type topics --entity-name {topic}",
                values={"topic": _TOPIC},
            ),
            Action(
                f"On broker {ids[0]}, look for errors of the cleaner.",
                "grep -E {pattern} log-cleaner.log",
                values={"pattern": f"{_TOPIC}-{number}([^0-9]|$)|ERROR"},
            ),
        ),
        confidence="likely",
        because_of=frozenset(broker(id_) for id_ in ids) if not held_back else frozenset(),
    )
