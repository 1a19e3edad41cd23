"""Share groups that fall behind, or that one record holds up.

Members of a share group take records one by one, so that adding members always helps; but a member
that locks records and acknowledges none, or a group without members, leaves the topic unread.

Reads: DescribeShareGroupOffsets (lag: Kafka 4.2), ListOffsets in two samples and at a time in the
past, the describes of groups, Fetch of `__share_group_state` where it may be read.
"""

from typing import Any

from kdiag.api import Action, Finding, Said, ShareLag, aged, check, count, group, listed, span

_WRONG = ("growing", "idle", "held", "dead")


@check(area="groups", explained_by=("broker-down", "offline-partition", "coordinator-unavailable"))
def share_group_backlog(lag: ShareLag, *, min_lag_records: int = 10) -> Said:
    """Share groups whose backlog is old and grows, or is not worked on at all.

    min_lag_records: a smaller backlog is not reported.
    """
    rows = lag.rows
    wrong = rows[rows["verdict"].isin(_WRONG) & (rows["lag_records"] >= min_lag_records)]
    for row in wrong.itertuples():
        yield Finding(
            "warning",
            group(row.group, row.topic),
            f"Share group {row.group} is {count(row.lag_records, 'record')} behind on topic "
            f"{row.topic} and {_what(row, lag.read_at)}; the oldest one that is not done with is "
            f"{aged(row.oldest_undone_seconds, row.oldest_undone_upper_seconds)}.",
            "Records wait longer and longer; in the end retention deletes what was not read.",
            cause=_cause(row),
            confidence="likely",
            evidence={
                "lag_records": int(row.lag_records),
                "lag_before_records": int(row.lag_before_records),
                "window_seconds": round(row.window_seconds, 1),
                "produced_records_per_second": round(row.produced_per_second, 1),
                "completed_records_per_second": round(row.completed_per_second, 1),
                "oldest_undone_at_least_seconds": round(row.oldest_undone_seconds),
                "members": row.members,
                "standing_start_offsets": [f"{number}: {offset}" for number, offset in row.held],
            },
            actions=(_next_step(row),),
            kind=row.verdict,
        )


def _what(row: Any, now: Any) -> str:
    if row.verdict == "growing":
        lost = row.produced_per_second - row.completed_per_second
        return f"falls behind by {lost:,.0f} more a second"
    if row.verdict == "dead":
        return "has no members"
    if row.verdict == "idle":
        return f"has acknowledged nothing for {span((now - row.idle_since).total_seconds())}"
    return f"its start offset has stood for {span((now - row.held_since).total_seconds())}"


def _cause(row: Any) -> str:
    match row.verdict:
        case "growing":
            return (
                f"{count(row.members, 'member')} complete {row.completed_per_second:,.0f} records "
                f"a second, producers write {row.produced_per_second:,.0f}."
            )
        case "dead":
            return "Its consumers have ended, or cannot reach the cluster."
        case "idle":
            return (
                f"{count(row.members, 'member')} lock records and do not acknowledge them, or take "
                "none: blocked in their work, or slower than a lock lasts."
            )
    places = listed(f"partition {number} at offset {offset}" for number, offset in row.held)
    return f"One record is never done with, while others behind it are: {places}."


def _next_step(row: Any) -> Action:
    step = (
        "Take a thread dump of the members; have them acknowledge, release or renew each record "
        "before its lock ends (share.record.lock.duration.ms)."
    )
    if row.verdict == "growing":
        step = "Add members, or make the work per record cheaper."
    if row.verdict == "dead":
        step = "Start the consumers of the group."
    return Action(
        step,
        "kafka-share-groups.sh --bootstrap-server {bootstrap} --describe --group {group} --members",
        values={"group": row.group},
    )
