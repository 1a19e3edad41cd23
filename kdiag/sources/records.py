"""Single records, on request: sizes, codec, time and schema id, and nothing of their content.

One Fetch to each leader for the records that groups are to read next where their offset is old, and
one for the last record of each topic. No session is opened, nothing is waited for, no group joined.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kdiag.sections import Commits, EndOffsetHistory, Offsets, RecordSamples
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.outcome import missing_for, split
from kdiag.sources.history.batches import Batch, batches_in
from kdiag.sources.history.records import Records, records_of
from kdiag.sources.tables import tables_ready
from kdiag.sources.times import time_of
from kdiag.wire.cluster import Wire

_NEWEST = 12  # later versions of Fetch name topics by id
_PARTITION_BYTES = 1 << 20
_MOST_BYTES = 8 << 20
_MOST_COMMITTED, _MOST_TOPICS = 50, 200
_CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
_SCHEMA_PREFIX = 5  # the zero byte and the id, as serialisers of schema registries write them
_KEY = ["topic", "partition"]


class Wanted(NamedTuple):
    """An offset to look at, and why: `committed` or `newest`."""

    topic: str
    partition: int
    offset: int
    asked_for: str


async def read_records(
    wire: Wire,
    registered: Registered,
    commits: Commits,
    ends: Offsets,
    past: EndOffsetHistory | None,
) -> RecordSamples:
    """Look at the records behind old committed offsets, and at the last one of each topic."""
    now = datetime.now(UTC)
    internal = {str(topic.name) for topic in registered.topics if topic.is_internal}
    rows: list[dict[str, Any]] = []
    errors: dict[str, Missing] = {}
    for wanted in (list(_old(commits, ends, past)), list(_newest(ends, internal))):
        replies, failed = split(
            await wire.ask_all("Fetch", _by_leader(registered, wanted), newest=_NEWEST)
        )
        errors |= failed
        errors |= _refused(replies.values())
        rows += _rows(wanted, replies.values())
    await tables_ready()
    return RecordSamples.from_rows(rows, read_at=now, errors=errors)


def _old(commits: Commits, ends: Offsets, past: EndOffsetHistory | None) -> Iterator[Wanted]:
    """Yield the committed offsets that were behind the end of some time ago, the lowest of each."""
    if past is None:
        return
    then = past.rows.groupby(_KEY, as_index=False)["end_offset"].max()
    logs = ends.rows[[*_KEY, "log_start_offset"]]
    rows = commits.rows[[*_KEY, "committed_offset"]].dropna().merge(then, on=_KEY)
    rows = rows[rows["committed_offset"] < rows["end_offset"]].merge(logs, on=_KEY)
    rows = rows[rows["committed_offset"] >= rows["log_start_offset"]]
    rows = rows.sort_values("committed_offset").drop_duplicates(_KEY).head(_MOST_COMMITTED)
    for topic, number, offset in rows[[*_KEY, "committed_offset"]].itertuples(index=False):
        yield Wanted(topic, int(number), int(offset), "committed")


def _newest(ends: Offsets, internal: set[str]) -> Iterator[Wanted]:
    """Yield the last offset of the partition of each topic that has the most."""
    rows = ends.rows[(ends.rows["end_offset"] > ends.rows["log_start_offset"]).fillna(False)]
    rows = rows[~rows["topic"].isin(internal)].sort_values("end_offset", ascending=False)
    rows = rows.drop_duplicates("topic").head(_MOST_TOPICS)
    for topic, number, end in rows[[*_KEY, "end_offset"]].itertuples(index=False):
        yield Wanted(topic, int(number), int(end) - 1, "newest")


def _by_leader(registered: Registered, wanted: Sequence[Wanted]) -> dict[int, dict[str, Any]]:
    rows = {
        (each.topic, each.partition): {
            "partition": each.partition,
            "fetch_offset": each.offset,
            "partition_max_bytes": _PARTITION_BYTES,
        }
        for each in wanted
    }
    return {
        leader: {
            "max_wait": 0,
            "min_bytes": 0,
            "max_bytes": _MOST_BYTES,
            "topics": [{"topic": name, "partitions": each} for name, each in topics.items()],
        }
        for leader, topics in registered.by_leader(rows).items()
    }


def _answers(replies: Any) -> Iterator[tuple[tuple[str, int], Any]]:
    for reply in replies:
        for topic in reply.responses:
            for row in topic.partitions:
                yield (str(topic.topic), int(row.partition_index)), row


def _refused(replies: Any) -> dict[str, Missing]:
    return {
        f"topic {topic}": missing_for("Fetch", int(row.error_code), topic)
        for (topic, _), row in _answers(replies)
        if row.error_code
    }


def _rows(wanted: Sequence[Wanted], replies: Any) -> Iterator[dict[str, Any]]:
    """Yield a row for each offset whose record, or the next one that is left, came back."""
    told = {key: row.records or b"" for key, row in _answers(replies) if not row.error_code}
    for each in wanted:
        for batch in batches_in(told.get((each.topic, each.partition), b"")):
            row = None if batch.is_control else _row(each, batch)
            if row is not None:
                yield row
                break


def _row(wanted: Wanted, batch: Batch) -> dict[str, Any] | None:
    """Return the first record of a batch at or behind an offset; None where it has none."""
    if batch.payload is None or batch.next_offset <= wanted.offset:
        return None
    records, damaged = records_of([batch])
    places = (records.offset >= wanted.offset).nonzero()[0]
    if damaged or not len(places) or not records.is_sound[places[0]]:
        return None
    place = int(places[0])
    return {
        "topic": wanted.topic,
        "partition": wanted.partition,
        "offset": int(records.offset[place]),
        "asked_for": wanted.asked_for,
        "timestamp": time_of(int(records.timestamp[place])),
        "key_bytes": int(records.key_end[place] - records.key_at[place]),
        **_value(records, place),
        "batch_bytes": batch.size_bytes,
        "batch_records": batch.record_count,
        "codec": _CODECS[batch.codec] if batch.codec < len(_CODECS) else f"codec {batch.codec}",
    }


def _value(records: Records, place: int) -> dict[str, int | None]:
    if records.is_tombstone[place]:
        return {"value_bytes": None, "schema_id": None}
    at, end = int(records.value_at[place]), int(records.value_end[place])
    head = records.data[at : min(end, at + _SCHEMA_PREFIX)]
    has_id = len(head) == _SCHEMA_PREFIX and head[0] == 0
    return {
        "value_bytes": end - at,
        "schema_id": int.from_bytes(head[1:], "big") if has_id else None,
    }
