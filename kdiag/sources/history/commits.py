"""Committed offsets as a table, out of records of types 0 and 1.

Schema: OffsetCommitKey (group-coordinator of Kafka): group, topic, int32 partition.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from kdiag.sections import CommitHistory
from kdiag.sources.history.arrays import Array, distinct, times
from kdiag.sources.history.commit_values import NO_EPOCH, TOPIC_ID_BYTES, values_of
from kdiag.sources.history.fields import Fields, Malformed, uuid_text
from kdiag.sources.history.records import Records

TYPES = (0, 1)


def commit_history(
    records: Records, rows: Array, log_partition: Array, now: datetime
) -> tuple[CommitHistory, Array, Array]:
    """Return the commits in some records, and which of them are unknown and of what version.

    rows: indexes of records of `TYPES`; log_partition: for each of these.
    """
    import pandas

    codes, keys = _keys(records, rows)
    made = values_of(records, rows)
    is_tombstone = records.is_tombstone[rows]
    is_readable = np.array([key is not None for key in keys], bool)
    is_known = (is_tombstone | made.is_known) & is_readable[codes]
    kept = np.flatnonzero(is_known)
    at = rows[kept]
    gone = is_tombstone[kept]
    key_of = codes[kept]
    when = np.where(gone, records.timestamp[at], made.timestamp[kept])
    columns = {
        "group": pandas.Series(_column(keys, 0, object)[key_of], dtype="object"),
        "topic": pandas.Series(_column(keys, 1, object)[key_of], dtype="object"),
        "partition": pandas.array(_column(keys, 2, np.int64)[key_of], dtype="Int64"),
        "committed_at": pandas.Series(times(when)).dt.tz_localize("UTC"),
        "committed_offset": _nullable(made.offset[kept], gone),
        "leader_epoch": _nullable(
            made.leader_epoch[kept], gone | (made.leader_epoch[kept] == NO_EPOCH)
        ),
        "topic_id": pandas.Series(
            _topic_ids(records, np.where(gone, -1, made.topic_id_at[kept])), dtype="object"
        ),
        "is_tombstone": gone,
        "log_partition": pandas.array(log_partition[kept], dtype="Int64"),
        "log_offset": pandas.array(records.offset[at], dtype="Int64"),
    }
    return CommitHistory(rows=pandas.DataFrame(columns), read_at=now), ~is_known, made.version


Key = tuple[str, str, int] | None


def _keys(records: Records, rows: Array) -> tuple[Array, list[Key]]:
    """Return for each record the index of its key, and the keys: few beside the records."""
    at, end = records.key_at[rows], records.key_end[rows]
    codes, first = distinct(records.view, at, end)
    spans = zip(at[first].tolist(), end[first].tolist(), strict=True)
    return codes, [_key(records.data[begin:stop]) for begin, stop in spans]


def _key(data: bytes) -> Key:
    fields = Fields(data, 2, len(data))
    try:
        return fields.text() or "", fields.text() or "", fields.int32()
    except Malformed:
        return None


def _column(keys: Sequence[Key], place: int, dtype: type) -> Array:
    made: Array = np.empty(len(keys), dtype)
    made[:] = [("", "", 0)[place] if key is None else key[place] for key in keys]
    return made


def _nullable(values: Array, is_null: Array) -> Array:
    import pandas

    return pandas.arrays.IntegerArray(values.astype(np.int64), is_null.copy())


def _topic_ids(records: Records, at: Array) -> Array:
    """Return the ids as text, None where there is none; each distinct one is made once."""
    made = np.full(len(at), None, object)
    here = np.flatnonzero(at >= 0)
    if here.size:
        places = at[here]
        codes, first = distinct(records.view, places, places + TOPIC_ID_BYTES)
        data, begins = records.data, places[first].tolist()
        texts = [uuid_text(data[begin : begin + TOPIC_ID_BYTES]) for begin in begins]
        made[here] = np.array(texts, object)[codes]
    return made
