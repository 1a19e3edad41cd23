"""Partitions that get far more records than the others of their topic, and fall behind alone.

One key has most of the records, or two kinds of producer partition by different hashes. Members
cannot share a partition, so neither more of them nor faster hosts for the others help.

Reads: ListOffsets now and at past times (input of each partition), OffsetFetch, the commits of the
past in __consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import LagVerdicts, PartitionLag, Said, check, group_words, lag_words, listed


@check(area="lag", explained_by=lag_words.ROOTS)
def hot_partition(verdicts: LagVerdicts, lag: PartitionLag, *, min_lag_records: int = 100) -> Said:
    """Groups that fall behind only on partitions with several times the usual input.

    min_lag_records: a smaller backlog is not reported.
    """
    by_topic = lag.rows.groupby(["group", "topic"])
    for row in lag_words.verdict_rows(verdicts, "hot-partition", min_lag_records):
        hot, usual = _input(by_topic.get_group((row.group, row.topic)), row)
        names = listed(f"{row.topic}-{number}" for number in row.culprit_partitions)
        yield lag_words.finding(
            row,
            "warning",
            f"{lag_words.behind(row)}, all of it on {names}.",
            f"{hot:,.0f} records a second arrive on {names}, on each other partition {usual:,.1f}: "
            "one key has most of the records, or producers partition by different hashes.",
            (
                group_words.describe_action(
                    row.group,
                    "Find the key that most records have and spread it (a salt, a topic of its "
                    "own); compare the partitioner of all producers.",
                ),
            ),
            hot_partitions=list(row.culprit_partitions),
            hot_records_per_second=round(hot, 1),
            other_records_per_second=round(usual, 1),
        )


def _input(rows: Any, row: Any) -> tuple[float, float]:
    """Return the median input of the hot partitions, and of the others."""
    is_hot = rows["partition"].isin(row.culprit_partitions)
    rates = rows["produced_per_second"]
    return float(rates[is_hot].median()), float(rates[~is_hot].median())
