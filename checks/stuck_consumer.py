"""Members that are alive and do not move.

The member sends heartbeats, so the group is Stable and nothing rebalances, but the committed
offsets of its partitions stand while records arrive: it is paused, blocked in a call, or it seeks
back to a record that it cannot process.

Reads: OffsetFetch, ListOffsets in two samples and at a time in the past, the describes of groups.
"""

from kdiag.api import (
    STALE_SECONDS,
    Action,
    Finding,
    LagVerdicts,
    Members,
    Said,
    aged,
    ages_of,
    check,
    count,
    group,
    listed,
)


@check(area="lag", explained_by=("broker-down", "offline-partition", "coordinator-unavailable"))
def stuck_consumer(verdicts: LagVerdicts, members: Members, *, min_lag_records: int = 10) -> Said:
    """Members that hold partitions with a backlog and make no progress on any of them.

    min_lag_records: a smaller backlog is not reported; transaction markers and clients that
    commit the last offset leave one or two for ever.
    """
    rows = verdicts.rows
    stuck = rows[(rows["verdict"] == "stuck") & (rows["lag_records"] >= min_lag_records)]
    hosts = {
        (member.group, member.member_id): (member.client_id, member.client_host)
        for member in members.rows[members.rows["group"].isin(stuck["group"])].itertuples()
    }
    for row in stuck.itertuples():
        ids = dict.fromkeys(member_id for _, member_id in row.stuck)
        names = [_name(*hosts.get((row.group, id_), (id_, None))) for id_ in ids]
        is_stale = row.oldest_unread_seconds >= STALE_SECONDS
        yield Finding(
            "critical" if is_stale else "warning",
            group(row.group, row.topic),
            f"Group {row.group} does not move on {count(len(row.stuck), 'partition')} of topic "
            f"{row.topic}: {listed(names)} is alive, but its committed offsets stand and the "
            f"oldest unread record is "
            f"{aged(row.oldest_unread_seconds, row.oldest_unread_upper_seconds)}.",
            f"{count(row.lag_records, 'record')} wait, and more arrive; the group looks Stable, "
            "so nothing else reports it.",
            cause="The consumer is blocked, paused, or returns to the same record again and again"
            + ("." if is_stale else "; one that commits very rarely looks the same."),
            confidence="likely" if is_stale else "possible",
            evidence={
                "lag_records": row.lag_records,
                "stuck_partitions": [number for number, _ in row.stuck],
                "stuck_members": list(ids),
                "window_seconds": round(row.window_seconds, 1),
                **ages_of(row),
                "produced_records_per_second": round(row.produced_per_second, 1),
            },
            actions=(
                Action(
                    f"Take a thread dump of {listed(names)}, then restart it.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    f"--group {row.group} --members --verbose",
                ),
            ),
        )


def _name(client_id: str, host: str | None) -> str:
    return f"{client_id} on {host.lstrip('/')}" if host else client_id
