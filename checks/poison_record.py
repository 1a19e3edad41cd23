"""Partitions that stand at one record while their member moves on elsewhere.

The record cannot be deserialised, or its processing fails, and the consumer returns to it for
ever. What lies behind it is not read. Whether to skip it is for the owner of the data to say.

Reads: OffsetFetch and ListOffsets in two samples, ListOffsets at past times, the commits of the
past in __consumer_offsets, the describes of groups (assignments).
"""

from typing import Any

from kdiag.api import Action, LagVerdicts, Members, PartitionLag, Said, check, lag_words, listed


@check(area="lag", explained_by=("reader-blocked-by-transaction", *lag_words.ROOTS))
def poison_record(
    verdicts: LagVerdicts, members: Members, lag: PartitionLag, *, min_lag_records: int = 10
) -> Said:
    """Groups that stand on a partition whose own member moves on others.

    min_lag_records: a smaller backlog is not reported.
    """
    by_topic = lag.rows.groupby(["group", "topic"])
    for row in lag_words.verdict_rows(verdicts, "poison-record", min_lag_records):
        offsets = _offsets(by_topic.get_group((row.group, row.topic)), row)
        places = listed(f"{row.topic}-{number} at {at}" for number, at in offsets.items())
        names = lag_words.culprits(members, row)
        yield lag_words.finding(
            row,
            "warning" if row.confidence == "possible" else "critical",
            f"Group {row.group} stands on {places}, while {names} moves on other partitions; the "
            f"oldest unread record is {lag_words.oldest(row)}.",
            "The consumer returns to a record there that it cannot process"
            + (f": it committed the same {row.repeats:,} times more." if row.repeats else "."),
            _actions(row, offsets),
            meanwhile="Nothing behind these records is read.",
            since=lag_words.stands_since(verdicts, row),
            stuck_offsets={str(number): at for number, at in offsets.items()},
            stuck_members=list(row.culprit_members),
        )


def _offsets(rows: Any, row: Any) -> dict[int, int]:
    """Return the partitions that stand, and where."""
    rows = rows[rows["partition"].isin(row.culprit_partitions)]
    columns = (rows["partition"].tolist(), rows["committed_offset"].tolist())
    return dict(zip(*columns, strict=True))


def _actions(row: Any, offsets: dict[int, int]) -> tuple[Action, ...]:
    number, at = next(iter(offsets.items()))
    return (
        Action(
            "Read the record, and the error that the application logs for it.",
            "kafka-console-consumer.sh --bootstrap-server {bootstrap} --topic "
            f"{row.topic} --partition {number} --offset {at} --max-messages 1",
        ),
        Action(
            "If it may be skipped: stop all members, skip it, start them again.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group "
            f"{row.group} --reset-offsets --topic {row.topic}:{number} --to-offset {at + 1} "
            "--execute",
            "disruptive",
        ),
    )
