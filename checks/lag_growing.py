"""Groups that fall further behind, where the cause cannot be told.

Records arrive faster than the group reads them, but the lagging partitions are neither all of the
topic, nor those of some member, nor those with most input. If it lasts, retention deletes records
before they are read.

Reads: OffsetFetch and ListOffsets in two samples, ListOffsets at past times, the commits of the
past in __consumer_offsets, the describes of groups.
"""

from kdiag.api import LagVerdicts, Said, check, group_words, lag_words, listed


@check(area="lag", explained_by=lag_words.ROOTS, escalate=True)
def lag_growing(verdicts: LagVerdicts, *, min_lag_records: int = 100) -> Said:
    """Groups that fall further behind in a way that fits none of the known causes.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "lag-growing", min_lag_records):
        growth = row.produced_per_second - row.consumed_per_second
        yield lag_words.finding(
            row,
            "warning",
            f"{lag_words.behind(row)}, and it falls behind by {growth:,.0f} more a second.",
            f"Partitions {listed(row.culprit_partitions)} fall behind: {lag_words.rates(row)}. "
            "They are neither all that one member has nor those with most input.",
            (
                group_words.describe_action(
                    row.group,
                    "Compare the members of these partitions with the others, in a second look "
                    "some minutes from now.",
                ),
            ),
            growing_partitions=list(row.culprit_partitions),
        )
