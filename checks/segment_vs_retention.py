"""Topics whose segments do not fit their retention.

Only closed segments are deleted. One that takes records for longer than retention.ms keeps them for
both times together, which matters where data has to be gone. One that closes after seconds leaves
thousands of files: each segment costs three of them and two memory maps (vm.max_map_count, Kafka
documentation on operations).

How much time a log spans is told by its first record. Where that is stamped before Kafka was, the
stamp is wrong or of an event long ago, and says nothing of segments.

Reads: ListOffsets (first record, number of records), DescribeConfigs (segment.ms, segment.bytes,
retention.ms, cleanup.policy), DescribeLogDirs (sizes).
"""

from typing import Any

from kdiag.api import (
    FIRST_RELEASE,
    Action,
    Finding,
    LogAges,
    Replicas,
    Said,
    check,
    closing_in_time,
    count,
    size,
    span,
    topic,
    with_sizes,
)

_HALF = 0.5


@check(area="disk", explained_by=("retention-not-working",))
def segment_vs_retention(
    ages: LogAges,
    replicas: Replicas,
    *,
    many_segments_count: int = 500,
    small_segment_bytes: int = 10_485_760,
) -> Said:
    """Topics whose segments close later than they may be deleted, or far too soon.

    many_segments_count: segments of one partition from which on their files are a burden; the
        default of 1 GiB a segment makes them rare.
    small_segment_bytes: a segment that holds more is no tiny one.
    """
    rows = with_sizes(ages, replicas)
    rows = rows[rows["oldest_timestamp"] >= FIRST_RELEASE]
    for name, part in rows[_closes_late(rows)].groupby("topic"):
        yield _late(str(name), part)
    segments = _segments(rows)
    is_tiny = rows["size_bytes"].astype("float64") / segments < small_segment_bytes
    tiny = rows.assign(segments=segments)[(segments >= many_segments_count) & is_tiny]
    for name, part in tiny.groupby("topic"):
        yield _tiny(str(name), part)


def _closes_late(rows: Any) -> Any:
    """Tell where segments close later than retention.ms, and records stay longer, or soon will.

    A log of more than half a segment closes them by size, whatever segment.ms says.
    """
    is_later = rows["segment_seconds"] > rows["retention_seconds"]
    has_room = (rows["size_bytes"] < _HALF * rows["segment_bytes"]).fillna(False)
    is_due = rows["age_seconds"] > _HALF * rows["retention_seconds"]
    return is_later & has_room & is_due


def _segments(rows: Any) -> Any:
    """Return how many segments a log has at most, by the time and the size that each takes."""
    age, kept = rows["age_seconds"], rows["retention_seconds"]
    has_expired = (age > kept) & rows["expired_records"].isna()  # all of them, as after a replay
    by_time = age.mask(has_expired, age - kept) / rows["segment_seconds"].clip(lower=0.001)
    by_size = rows["size_bytes"].astype("float64") / rows["segment_bytes"].astype("float64")
    return (by_time + by_size + 1).clip(upper=rows["records"].astype("float64"))


def _late(name: str, part: Any) -> Finding:
    first = part.sort_values("age_seconds").iloc[-1]
    kept, closes = float(first["retention_seconds"]), float(first["segment_seconds"])
    return Finding(
        "info",
        topic(name),
        f"Topic {name} is to keep records for {span(kept)}, but closes a segment only after "
        f"{span(closes)}; its oldest record is {span(float(first['age_seconds']))} old.",
        f"Records are deleted after up to {span(kept + closes)}, which counts where they have to "
        "be gone by a date.",
        cause="segment.ms is longer than retention.ms, and the topic gets too little to fill "
        "segment.bytes before.",
        evidence={
            "retention_seconds": kept,
            "segment_seconds": closes,
            "segment_bytes": int(first["segment_bytes"]),
            "oldest_age_seconds": round(float(first["age_seconds"])),
            "partitions": sorted(part["partition"].tolist()),
        },
        actions=(closing_in_time(name, kept),),
    )


def _tiny(name: str, part: Any) -> Finding:
    first = part.sort_values("segments").iloc[-1]
    number, closes = int(first["segments"]), float(first["segment_seconds"])
    total = int(part["segments"].sum())
    return Finding(
        "info",
        topic(name),
        f"Partitions of topic {name} have up to {count(number, 'segment')} each, of "
        f"{size(float(first['size_bytes']) / number)} on average.",
        f"{count(total, 'segment')} are {3 * total:,} files and {2 * total:,} memory maps on the "
        "brokers of each replica; starts and recovery take long.",
        cause=f"segment.ms is {span(closes)}, segment.bytes {size(int(first['segment_bytes']))}.",
        evidence={
            "segments_count": number,
            "total_segments_count": total,
            "segment_seconds": closes,
            "segment_bytes": int(first["segment_bytes"]),
            "size_bytes": int(first["size_bytes"]),
            "partitions": sorted(part["partition"].tolist()),
        },
        actions=(
            Action(
                "Close segments later; existing ones go with the retention.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config {settings}",
                "safe",
                {"topic": name, "settings": _usual(first["retention_seconds"])},
            ),
        ),
        confidence="likely",
    )


def _usual(retention_seconds: Any) -> str:
    """Return Kafka's defaults; segments of a short retention close at a tenth of it.

    They are set, not taken away: before 4.4 kafka-configs.sh refuses to delete what is not set on
    the topic itself.
    """
    week_seconds = 7 * 86400
    kept = float(retention_seconds) if retention_seconds == retention_seconds else week_seconds * 10
    closes = max(60, min(week_seconds, int(kept / 10)))
    return f"segment.ms={closes * 1000},segment.bytes={1 << 30}"
