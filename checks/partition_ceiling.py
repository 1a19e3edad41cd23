"""Groups that have a member for every partition, and still fall behind.

A partition is read by one member of a group, so more members cannot help: the work per record
must get cheaper, or the topic needs more partitions.

Reads: OffsetFetch and ListOffsets now, ListOffsets at past times, the commits of the past in
__consumer_offsets, the describes of groups.
"""

from kdiag.api import Action, LagVerdicts, Said, check, count, group_words, lag_words, literally


@check(area="lag", explained_by=lag_words.ROOTS, escalate=True)
def partition_ceiling(verdicts: LagVerdicts, *, min_lag_records: int = 100) -> Said:
    """Groups that read every partition more slowly than it is written, without room for members.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "partition-ceiling", min_lag_records):
        more = row.produced_per_second / max(row.consumed_per_second, 0.001)
        yield lag_words.finding(
            row,
            "warning",
            f"{lag_words.behind(row)}, and it falls further behind although it has "
            f"{count(row.members, 'member')} for {count(row.partitions, 'partition')}.",
            f"Every partition has its member already: {lag_words.rates(row)}.",
            (
                group_words.describe_action(
                    row.group,
                    "Make the work per record cheaper, or do it in parallel in each member.",
                ),
                Action(
                    f"Or give topic {row.topic} more partitions; where records have keys, their "
                    "order across the change is lost.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --alter --topic {topic} "
                    "--partitions {partitions}",
                    "disruptive",
                    {
                        "topic": literally(row.topic),
                        "partitions": round(row.partitions * more + 0.5),
                    },
                ),
            ),
        )
