"""Groups that fall behind because input jumped, while they read as they always did.

The lag is a peak: it falls again when the input returns to its own baseline. More members make it
fall sooner; nothing is broken.

Reads: OffsetFetch and ListOffsets now, ListOffsets at past times (the baseline), the commits of
the past in __consumer_offsets.
"""

from typing import Any

from kdiag.api import LagVerdicts, Said, check, group_words, lag_words, span


@check(area="lag", explained_by=lag_words.ROOTS)
def producer_burst(verdicts: LagVerdicts, *, min_lag_records: int = 100) -> Said:
    """Groups whose input is several times its own baseline, and whose reading goes on.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "producer-burst", min_lag_records):
        surplus = row.consumed_per_second - row.baseline_per_second
        drain = row.lag_records / surplus if surplus > 0 else None
        times = row.produced_per_second / row.baseline_per_second
        yield lag_words.finding(
            row,
            "info",
            f"{lag_words.behind(row)}; input is {times:,.0f} times its own baseline.",
            f"Producers of topic {row.topic} write {row.produced_per_second:,.0f} records a "
            f"second instead of {row.baseline_per_second:,.0f}; the group goes on to read "
            f"{row.consumed_per_second:,.0f}. {_afterwards(drain)}",
            (
                group_words.describe_action(
                    row.group,
                    f"Wait for the end of the burst, or ask who writes to topic {row.topic}.",
                ),
            ),
            drained_after_seconds=None if drain is None else round(drain),
        )


def _afterwards(drain: Any) -> str:
    if drain is None:
        return "It has no reserve to work this off: not even at the baseline would its lag fall."
    return f"Back at the baseline it needs {span(drain)} to work this off."
