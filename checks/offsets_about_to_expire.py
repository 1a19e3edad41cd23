"""Groups without members whose place in a topic Kafka will soon forget.

Their committed offsets expire offsets.retention.minutes after the last member left. If the group
returns later, auto.offset.reset decides what it reads: all again, or nothing of what waits now.

Reads: ListGroups and the describes (state), OffsetFetch, ListOffsets, commits and generations of
the past in __consumer_offsets, DescribeConfigs of brokers (offsets.retention.minutes, 7 days by
default, KIP-186).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    IdleGroups,
    OffsetsRetention,
    PartitionLag,
    Said,
    check,
    count,
    group,
    span,
)


@check(area="lag", explained_by=("group-dead",), excused_by=("orphan-group",))
def offsets_about_to_expire(
    idle: IdleGroups,
    lag: PartitionLag,
    retention: OffsetsRetention,
    *,
    max_idle_ratio: float = 0.8,
    min_lag_records: int = 10,
) -> Said:
    """Empty groups with unread records that are idle for most of what offsets are kept.

    max_idle_ratio: part of offsets.retention.minutes that a group may be idle.
    min_lag_records: a smaller backlog is not reported.
    """
    behind = lag.rows.groupby(["group", "topic"], as_index=False)["lag_records"].sum()
    rows = idle.rows.merge(behind, on=["group", "topic"])
    is_due = rows["idle_seconds"] > max_idle_ratio * retention.seconds
    for row in rows[is_due & (rows["lag_records"] >= min_lag_records)].itertuples():
        left = max(0.0, retention.seconds - row.idle_seconds)
        yield Finding(
            "warning",
            group(row.group, row.topic),
            f"The committed offsets of group {row.group} on topic {row.topic} expire "
            f"{f'in {span(left)}' if left else 'at any moment'}, and "
            f"{count(row.lag_records, 'record')} wait for it there.",
            "After that the group starts as if it were new: it reads everything again, or skips "
            "what waits now.",
            cause=f"It has had no member for {span(row.idle_seconds)}; Kafka keeps offsets for "
            f"{span(retention.seconds)}.",
            due=left,
            evidence={
                "lag_records": int(row.lag_records),
                "idle_seconds": round(row.idle_seconds),
                "expires_in_seconds": round(left),
                "offsets_retention_seconds": retention.seconds,
            },
            actions=(_action(row),),
        )


def _action(row: Any) -> Action:
    return Action(
        "Start the group again in time, or keep a copy of its offsets (--from-file restores them).",
        "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
        "--reset-offsets --topic {topic} --to-current --export --dry-run",
        values={"group": row.group, "topic": row.topic},
    )
