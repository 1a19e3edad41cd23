"""Groups whose members need more time for a record than there is.

All partitions with input fall behind, and the topic has partitions for more members: the work per
record (a call to a database, an HTTP request) takes longer than the time between two records.

Reads: OffsetFetch and ListOffsets now, ListOffsets at past times, the commits of the past in
__consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import Action, LagVerdicts, Said, check, count, group_words, lag_words


@check(area="lag", explained_by=lag_words.ROOTS, escalate=True)
def slow_consumer(verdicts: LagVerdicts, *, min_lag_records: int = 100) -> Said:
    """Groups that read every partition more slowly than it is written, with room for members.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "slow-consumer", min_lag_records):
        readers = count(row.members, "member") if row.members else "its reader"
        yield lag_words.finding(
            row,
            "warning",
            f"{lag_words.behind(row)}, and it falls further behind.",
            f"The work per record is too slow for {readers}: {lag_words.rates(row)}, and input is "
            "not far above its own baseline.",
            (_action(row),),
        )


def _action(row: Any) -> Action:
    wanted = row.produced_per_second / max(row.consumed_per_second, 0.001)
    needed = min(row.partitions, round(max(row.members, 1) * wanted + 0.5))
    return group_words.describe_action(
        row.group,
        "Make the work per record cheaper (batch calls, move them out of the poll loop), or run "
        f"{count(needed, 'member')}: {count(row.partitions, 'partition')} can feed so many.",
    )
