"""Groups that came back after Kafka had forgotten their place.

Committed offsets of a group without members expire after offsets.retention.minutes; those of
assign() consumers after so long without a commit, even while they live. The group starts as if it
were new: with auto.offset.reset=earliest it reads everything again, with latest it skips what it
missed.

Reads: the commits of the past in __consumer_offsets (tombstones), the describes of groups,
DescribeConfigs of brokers (offsets.retention.minutes, 7 days by default, KIP-186).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    Members,
    OffsetDeletions,
    OffsetsRetention,
    Said,
    check,
    count,
    group,
    span,
)

_RESET = "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} --reset-offsets"
_TO_OFFSET = " --topic {topic}:{partition} --to-offset {offset} --execute"
_TO_TIME = " --topic {topic} --to-datetime {time} --execute"


@check(area="lag")
def offsets_expired(
    deletions: OffsetDeletions,
    members: Members,
    retention: OffsetsRetention,
    *,
    min_idle_ratio: float = 0.95,
) -> Said:
    """Groups with members whose committed offsets expired before they came back.

    min_idle_ratio: part of the retention that must lie between the last commit and the deletion;
    one that comes sooner is a deletion by hand.
    """
    rows = deletions.rows[~(deletions.rows["idle_seconds"] < min_idle_ratio * retention.seconds)]
    wanted = _wanted(members)
    for (name, topic), gone in rows.groupby(["group", "topic"]):
        has_restarted = bool((gone["commits_since"] > 0).any())
        if not has_restarted and (name, topic) not in wanted:
            continue
        row = gone.sort_values("deleted_at").iloc[-1]
        is_seen = bool(row.idle_seconds == row.idle_seconds)
        yield Finding(
            "warning",
            group(name, topic),
            f"The committed offsets of group {name} on {count(len(gone), 'partition')} of topic "
            f"{topic} expired at {row.deleted_at:%Y-%m-%d %H:%M:%S} UTC; it is back, and "
            + ("has begun anew." if has_restarted else "has no place there."),
            "auto.offset.reset of its consumers decides: earliest reads everything again, latest "
            "skips what came meanwhile.",
            cause=f"Kafka keeps offsets for {span(retention.seconds)} after the last member left, "
            "or after the last commit of a group without subscription.",
            confidence="certain" if is_seen else "likely",
            evidence=_evidence(gone, row, retention),
            actions=_actions(name, topic, row),
            since=row.deleted_at.to_pydatetime(),
        )


def _wanted(members: Members) -> set[tuple[str, str]]:
    """Return (group, topic) that some member subscribes to."""
    columns = (members.rows["group"], members.rows["subscription"])
    return {(name, topic) for name, topics in zip(*columns, strict=True) for topic in topics or ()}


def _evidence(gone: Any, row: Any, retention: OffsetsRetention) -> dict[str, Any]:
    numbers = {
        "expired_partitions": gone["partition"].tolist(),
        "offsets_retention_seconds": retention.seconds,
        "commits_since": int(gone["commits_since"].sum()),
    }
    if row.idle_seconds == row.idle_seconds:
        numbers["idle_seconds"] = round(row.idle_seconds)
        numbers["last_committed_offset"] = int(row.deleted_offset)
    return numbers


def _actions(name: Any, topic: Any, row: Any) -> tuple[Action, ...]:
    is_known = row.idle_seconds == row.idle_seconds
    return (
        Action(
            "If the gap matters: stop the group and set it to where it had been.",
            _RESET + _TO_OFFSET if is_known else _RESET + _TO_TIME,
            "disruptive",
            {
                "group": name,
                "topic": topic,
                "partition": row.partition,
                "offset": row.deleted_offset,
                "time": f"{row.deleted_at:%Y-%m-%dT%H:%M:%S.000}",
            },
        ),
        Action(
            "For groups that pause for so long, raise offsets.retention.minutes of all brokers "
            "(read at start).",
        ),
    )
