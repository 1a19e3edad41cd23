"""Groups without a member, while records arrive for them.

A group whose members are all gone consumes nothing, and every dashboard that lists active groups
forgets it. Kafka keeps its offsets only for offsets.retention.minutes after that.

Reads: ListGroups and the describes (state, members), OffsetFetch, ListOffsets in two samples and
at a time in the past.
"""

from kdiag.api import (
    STALE_SECONDS,
    Action,
    Finding,
    LagVerdicts,
    Said,
    aged,
    ages_of,
    check,
    count,
    group,
)


@check(area="lag", explained_by=("broker-down", "offline-partition", "coordinator-unavailable"))
def group_dead(verdicts: LagVerdicts, *, min_lag_records: int = 10) -> Said:
    """Groups with no member left and a backlog that grows.

    min_lag_records: a smaller backlog is not reported; transaction markers and clients that
    commit the last offset leave one or two for ever.
    """
    rows = verdicts.rows
    for row in rows[
        (rows["verdict"] == "dead") & (rows["lag_records"] >= min_lag_records)
    ].itertuples():
        if row.protocol_type == "" and row.oldest_unread_seconds < STALE_SECONDS:
            continue  # It never had members: assign() with commits, which may just be rare.
        yield Finding(
            "critical",
            group(row.group, row.topic),
            f"Group {row.group} has no member, and {count(row.lag_records, 'record')} of topic "
            f"{row.topic} wait for it; the oldest is "
            f"{aged(row.oldest_unread_seconds, row.oldest_unread_upper_seconds)}.",
            "Nothing reads the topic for this group; once its offsets expire, or retention "
            "deletes the records, they are lost to it.",
            cause="All members left or died and none came back. A job that runs at intervals "
            "looks the same between two runs.",
            confidence="likely",
            evidence={
                "lag_records": row.lag_records,
                "produced_records_per_second": round(row.produced_per_second, 1),
                **ages_of(row),
                "members": 0,
                "state": row.state,
            },
            actions=(
                Action(
                    f"Start the application of group {row.group} again, and look for why it ended.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    f"--group {row.group}",
                ),
            ),
        )
