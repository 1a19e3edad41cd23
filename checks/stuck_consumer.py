"""Members that are alive and do not move.

The member sends heartbeats, so the group is Stable and nothing rebalances, but the committed
offsets of its partitions stand while records arrive: it is paused, blocked in a call, or it seeks
back to a record that it cannot process.

Reads: OffsetFetch and ListOffsets in two samples, ListOffsets at past times, the commits of the
past in __consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import LagVerdicts, Members, Said, check, count, group_words, lag_words


@check(area="lag", explained_by=lag_words.ROOTS)
def stuck_consumer(verdicts: LagVerdicts, members: Members, *, min_lag_records: int = 10) -> Said:
    """Members that hold partitions with a backlog and make no progress on any of them.

    min_lag_records: a smaller backlog is not reported; transaction markers and clients that
    commit the last offset leave one or two for ever.
    """
    for row in lag_words.verdict_rows(verdicts, "stuck-consumer", min_lag_records):
        names = lag_words.culprits(members, row)
        yield lag_words.finding(
            row,
            "warning" if row.confidence == "possible" else "critical",
            f"Group {row.group} does not move on {count(len(row.culprit_partitions), 'partition')} "
            f"of topic {row.topic}: {names} is alive, but its committed offsets stand, and the "
            f"oldest unread record is {lag_words.oldest(row)}.",
            _cause(row),
            (
                group_words.describe_action(
                    row.group,
                    f"Take a thread dump of {names}, then restart it; the group is Stable.",
                ),
            ),
            meanwhile="Nobody reads these partitions, and nothing rebalances.",
            since=lag_words.stands_since(verdicts, row),
            stuck_partitions=list(row.culprit_partitions),
            stuck_members=list(row.culprit_members),
            repeated_commits=row.repeats,
        )


def _cause(row: Any) -> str:
    if row.repeats:
        return (
            f"It committed the same offset {row.repeats:,} more times, so its poll loop runs: it "
            "is paused, or returns to a record that it cannot process."
        )
    return (
        "It commits nothing: its poll loop is blocked in a call, or it is paused by a client that "
        "commits only what moved."
    )
