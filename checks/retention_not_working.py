"""Topics that keep records far longer than retention.ms says.

A broker deletes a segment once its latest record is too old, and only from the front of the log
(UnifiedLog.deleteRetentionMsBreachedSegments of Kafka). One record dated in the future keeps its
segment, and all behind it, until then (KAFKA-7910); a segment that never closes keeps what is in
it. Records whose own time is old, as those of a replay, are no such fault: they are deleted at the
next look of the broker.

Reads: ListOffsets by time (first record, records of the future), DescribeConfigs (retention.ms,
segment.ms, cleanup.policy; log.retention.check.interval.ms of brokers), DescribeLogDirs (sizes),
ApiVersions (the release, for what to type).
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    Action,
    Cluster,
    Finding,
    LogAges,
    Replicas,
    Said,
    check,
    closing_in_time,
    count,
    known,
    listed,
    release_of,
    size,
    span,
    topic,
    with_sizes,
)

_OF_THE_LOG_RATIO = 0.1
_LONGEST_SEGMENT_SECONDS = 7 * 86400.0
_HOUR_SECONDS = 3600.0
_AND_OLD_ONES = "; records as far in the past are refused then, too"


@check(area="disk")
def retention_not_working(
    ages: LogAges, replicas: Replicas | None, cluster: Cluster | None
) -> Said:
    """Topics of which retention does not delete what it should."""
    rows = with_sizes(ages, Replicas.of() if replicas is None else replicas)
    rows = rows[rows["retention_seconds"].notna()]
    too_old = (rows["age_seconds"] > rows["allowed_seconds"]) & _is_backlog(rows)
    ahead = rows["ahead_seconds"] > rows["retention_seconds"].clip(lower=_HOUR_SECONDS)
    dated = ahead | (too_old & rows["ahead_seconds"].notna())
    for name, part in rows[dated].groupby("topic"):
        yield _of_the_future(str(name), part, _refusing(cluster))
    for name, part in rows[too_old & ~rows["topic"].isin(set(rows.loc[dated, "topic"]))].groupby(
        "topic"
    ):
        yield _never_closed(str(name), part) if _is_open(part) else _kept(str(name), part)


def _is_backlog(rows: Any) -> Any:
    """Tell where what should be gone is a good part of the log, and younger records follow.

    Where none follows, all of the log is too old, and brokers delete it at their next look. A few
    in front come from a batch that also has young ones.
    """
    return (rows["expired_records"] >= _OF_THE_LOG_RATIO * rows["records"]).fillna(False)


def _is_open(part: Any) -> bool:
    longest = part["retention_seconds"].clip(lower=_LONGEST_SEGMENT_SECONDS)
    return bool((part["segment_seconds"] > longest).all())


def _finding(
    name: str, part: Any, symptom: str, cause: str, actions: tuple[Action, ...]
) -> Finding:
    held = known(part["size_bytes"].sum(min_count=1))
    of_size = f" ({size(held)} a replica)" if held else ""
    return Finding(
        "warning",
        topic(name),
        symptom,
        f"{_partitions(part)} of it{of_size} {'grows' if len(part) == 1 else 'grow'} beyond what "
        "was planned, and records outlive the time that was promised for them.",
        cause=cause,
        evidence={
            "retention_seconds": float(part["retention_seconds"].iloc[0]),
            "segment_seconds": float(part["segment_seconds"].iloc[0]),
            "oldest_age_seconds": _most(part["age_seconds"]),
            "ahead_seconds": _most(part["ahead_seconds"]),
            "partitions": sorted(part["partition"].tolist()),
            "size_bytes": held,
        },
        actions=actions,
        confidence="certain" if _most(part["ahead_seconds"]) else "likely",
        covers=frozenset([topic(name)]),
    )


def _partitions(part: Any) -> str:
    numbers = sorted(part["partition"].tolist())
    return f"Partition{'s' * (len(numbers) > 1)} {listed(numbers)}"


def _most(values: Any) -> float | None:
    most = values.max()
    return None if most != most else round(float(most))


def _refusing(cluster: Cluster | None) -> str:
    """Return the setting by which a topic refuses records of the future (KIP-937, Kafka 3.6)."""
    release = None if cluster is None else release_of(cluster.version)
    is_old = release is not None and release < (3, 6)
    return f"message.timestamp.{'difference' if is_old else 'after'}.max.ms"


def _of_the_future(name: str, part: Any, refusing: str) -> Finding:
    ahead, kept = _most(part["ahead_seconds"]), float(part["retention_seconds"].iloc[0])
    return _finding(
        name,
        part,
        f"{count(len(part), 'partition')} of topic {name} {_have(len(part))} a record dated "
        f"{span(ahead or 0)} in the future; retention deletes nothing of its segment, nor behind "
        f"it, until {span(kept)} after that.",
        "Producers stamp records with the time of an event to come, in another unit (microseconds "
        "for milliseconds), or by a clock that is wrong.",
        (
            Action(
                "See what they are.",
                "kafka-get-offsets.sh --bootstrap-server {bootstrap} --time "
                "max-timestamp --topic {topic}",
                values={"topic": name},
            ),
            Action(
                "Let brokers refuse such records from now on, once the producers are mended"
                f"{_AND_OLD_ONES * ('difference' in refusing)}.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config {key}=3600000",
                "disruptive",
                {"topic": name, "key": refusing},
            ),
            *_free(name),
        ),
    )


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _free(name: str) -> Iterator[Action]:
    yield Action(
        "To free the space, delete records below an offset that all readers are past: list them "
        f"for topic {name} in offsets.json.",
        "kafka-delete-records.sh --bootstrap-server {bootstrap} --offset-json-file offsets.json",
        "disruptive",
    )


def _old(name: str, part: Any) -> str:
    kept = float(part["retention_seconds"].iloc[0])
    return (
        f"The oldest record of topic {name} is {span(_most(part['age_seconds']) or 0)} old, "
        f"its retention.ms is {span(kept)}."
    )


def _never_closed(name: str, part: Any) -> Finding:
    closes = float(part["segment_seconds"].iloc[0])
    limit = size(int(part["segment_bytes"].iloc[0]))
    return _finding(
        name,
        part,
        _old(name, part),
        f"A segment is deleted as a whole, and closed only after {span(closes)} (segment.ms) or "
        f"at {limit} (segment.bytes); the topic gets too little to close it sooner.",
        (closing_in_time(name, float(part["retention_seconds"].iloc[0])),),
    )


def _kept(name: str, part: Any) -> Finding:
    return _finding(
        name,
        part,
        _old(name, part),
        "Neither a record of the future nor an open segment explains it; the broker may fail to "
        "delete, or does not look (log.retention.check.interval.ms).",
        (
            Action(
                "On the leaders, look for errors of deleting segments.",
                "grep -E {pattern} server.log",
                values={"pattern": f"{name}-[0-9]+.*(retention|[Dd]elet)|kafka-log-retention"},
            ),
            *_free(name),
        ),
    )
