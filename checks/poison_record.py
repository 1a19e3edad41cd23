"""Partitions that stand at one record while their member moves on elsewhere.

The record cannot be deserialised, or its processing fails, and the consumer returns to it for
ever. What lies behind it is not read. Whether to skip it is for the owner of the data to say.

Reads: OffsetFetch and ListOffsets in two samples, ListOffsets at past times, the commits of the
past in __consumer_offsets, the describes of groups (assignments); with --sample-records the sizes,
codec and schema id of the records that it stands at (Fetch).
"""

from typing import Any

from kdiag.api import (
    Action,
    LagVerdicts,
    Members,
    PartitionLag,
    RecordSamples,
    Said,
    check,
    known,
    lag_words,
    listed,
)


@check(area="lag", explained_by=("reader-blocked-by-transaction", *lag_words.ROOTS))
def poison_record(
    verdicts: LagVerdicts,
    members: Members,
    lag: PartitionLag,
    samples: RecordSamples | None,
    *,
    min_lag_records: int = 10,
) -> Said:
    """Groups that stand on a partition whose own member moves on others.

    min_lag_records: a smaller backlog is not reported.
    """
    by_topic = lag.rows.groupby(["group", "topic"])
    for row in lag_words.verdict_rows(verdicts, "poison-record", min_lag_records):
        offsets = _offsets(by_topic.get_group((row.group, row.topic)), row)
        places = listed(f"{row.topic}-{number} at {at}" for number, at in offsets.items())
        records = _records(samples, row.topic, offsets)
        names = lag_words.culprits(members, row)
        yield lag_words.finding(
            row,
            "warning" if row.confidence == "possible" else "critical",
            f"Group {row.group} stands on {places}, while {names} moves on other partitions; the "
            f"oldest unread record is {lag_words.oldest(row)}.",
            "The consumer returns to a record there that it cannot process"
            + (f": it committed the same {row.repeats:,} times more." if row.repeats else ".")
            + "".join(f" The record at {each.offset}: {_described(each)}." for each in records),
            _actions(row, offsets, {each.partition: each.offset for each in records}),
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


def _records(samples: RecordSamples | None, topic: str, offsets: dict[int, int]) -> list[Any]:
    """Return the records that stand at these offsets, or next behind what compaction left."""
    if samples is None:
        return []
    rows = samples.rows[(samples.rows["topic"] == topic) & samples.rows["partition"].isin(offsets)]
    rows = rows[rows["asked_for"] == "committed"]
    return [each for each in rows.itertuples() if each.offset >= offsets[each.partition]]


def _described(record: Any) -> str:
    size = "no value (a tombstone)"
    if known(record.value_bytes) is not None:
        size = f"a value of {record.value_bytes:,} bytes"
    id_ = known(record.schema_id)
    schema = "" if id_ is None else f", schema id {id_}"
    return f"{size}{schema}, {record.codec} in a batch of {record.batch_bytes:,} bytes"


def _actions(row: Any, offsets: dict[int, int], records: dict[int, int]) -> tuple[Action, ...]:
    number, at = next(iter(offsets.items()))
    at = records.get(number, at)
    return (
        Action(
            "Read the record, and the error that the application logs for it.",
            "kafka-console-consumer.sh --bootstrap-server {bootstrap} --topic "
            "{topic} --partition {partition} --offset {offset} --max-messages 1",
            values={"topic": row.topic, "partition": number, "offset": at},
        ),
        Action(
            "If it may be skipped: stop all members, skip it, start them again.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic}:{partitions} --to-offset {offset} "
            "--execute",
            "disruptive",
            {"group": row.group, "topic": row.topic, "partitions": number, "offset": at + 1},
        ),
    )
