"""Members that fall behind on all that they have, while the others keep up.

Input is even, so it is the member: a host that is overloaded, throttled or far away, or an
instance with other settings.

Reads: the describes of groups (assignments), OffsetFetch and ListOffsets now, ListOffsets at past
times, the commits of the past in __consumer_offsets.
"""

from kdiag.api import LagVerdicts, Members, Said, check, count, group_words, lag_words, listed


@check(area="lag", explained_by=lag_words.ROOTS)
def slow_member(verdicts: LagVerdicts, members: Members, *, min_lag_records: int = 100) -> Said:
    """Groups that fall behind on exactly what some of their members own.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "slow-member", min_lag_records):
        names = lag_words.culprits(members, row)
        numbers = count(len(row.culprit_partitions), "partition")
        yield lag_words.finding(
            row,
            "warning",
            f"{lag_words.behind(row)}, all of it on the {numbers} of {names}.",
            f"Partitions {listed(row.culprit_partitions)} belong to {names}; the other members "
            "keep up with the same input, so it is this member or its host.",
            (
                group_words.describe_action(
                    row.group, f"Look at CPU, memory and network of {names}; restart it elsewhere."
                ),
            ),
            slow_members=list(row.culprit_members),
            slow_partitions=list(row.culprit_partitions),
        )
