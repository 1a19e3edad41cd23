"""Groups that fall further behind.

Records arrive faster than the group reads them. If that lasts, retention deletes records before
they are read.

Reads: OffsetFetch, ListOffsets in two samples and at a time in the past, ListGroups, the describes.
"""

from typing import Any

from kdiag.api import Action, Finding, LagVerdicts, Said, aged, ages_of, check, count, group


@check(
    area="lag",
    explained_by=("broker-down", "offline-partition", "coordinator-unavailable"),
    escalate=True,
)
def lag_growing(verdicts: LagVerdicts, *, min_lag_records: int = 100) -> Said:
    """Groups whose members read more slowly than records arrive.

    min_lag_records: a smaller backlog is not reported.
    """
    rows = verdicts.rows
    for row in rows[
        (rows["verdict"] == "growing") & (rows["lag_records"] >= min_lag_records)
    ].itertuples():
        growth = row.produced_per_second - row.consumed_per_second
        yield Finding(
            "warning",
            group(row.group, row.topic),
            f"Group {row.group} is {count(row.lag_records, 'record')} behind on topic {row.topic} "
            f"and falls behind by {growth:,.0f} more a second; the oldest unread record is "
            f"{aged(row.oldest_unread_seconds, row.oldest_unread_upper_seconds)}.",
            "Consumers see older and older data; in the end retention deletes what was not read.",
            cause=f"{count(row.members, 'member')} read {row.consumed_per_second:,.0f} records a "
            f"second, producers write {row.produced_per_second:,.0f}. Two samples cannot tell a "
            "slow consumer from a burst of input.",
            confidence="likely",
            evidence={
                "lag_records": row.lag_records,
                "lag_before_records": row.lag_before_records,
                "window_seconds": round(row.window_seconds, 1),
                "produced_records_per_second": round(row.produced_per_second, 1),
                "consumed_records_per_second": round(row.consumed_per_second, 1),
                **ages_of(row),
                "members": row.members,
                "partitions": row.partitions,
            },
            actions=(_next_step(row),),
        )


def _next_step(row: Any) -> Action:
    command = (
        "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
        f"--group {row.group} --members --verbose"
    )
    if row.members < row.partitions:
        return Action(
            f"Make the work per record cheaper, or add members: {row.partitions} partitions can "
            f"feed {row.partitions - row.members} more.",
            command,
        )
    return Action(
        f"Make the work per record cheaper: with {count(row.members, 'member')} for "
        f"{count(row.partitions, 'partition')}, more members cannot help.",
        command,
    )
