"""Committed offsets out of records of types 0 and 1: all values of a version at the same time.

Schemas: OffsetCommitKey, OffsetCommitValue, LegacyOffsetCommitValue (group-coordinator of Kafka).
Key: group, topic, int32 partition. Value: int64 offset, int32 leader epoch (3 and newer), metadata,
int64 commit timestamp, int64 expire timestamp (1 only), tag 0 topic id (4 only, Kafka 4.1).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from kdiag.sections import CommitHistory
from kdiag.sources.history.arrays import Array, big_endian, times, unsigned_varints
from kdiag.sources.history.fields import Fields, Malformed, uuid_text
from kdiag.sources.history.records import Records

TYPES = (0, 1)
NO_VERSION = -1
_VERSIONS = range(5)
_EPOCHS_SINCE, _FLEXIBLE_SINCE, _EXPIRES_IN, _NO_EPOCH = 3, 4, 1, -1
_TOPIC_ID, _TOPIC_ID_BYTES, _MOST_TAGS = 0, 16, 8


class Decoded(NamedTuple):
    """Values by column, one row a record that was asked for.

    is_known: False for an unknown version or a value that is not what its version says.
    topic_id_at: position of the 16 bytes, -1 where there are none.
    """

    is_known: Array
    version: Array
    offset: Array
    leader_epoch: Array
    timestamp: Array
    topic_id_at: Array


def commit_history(
    records: Records, rows: Array, log_partition: Array, now: datetime
) -> tuple[CommitHistory, Array, Array]:
    """Return the commits in some records, and which of them are unknown and of what version.

    rows: indexes of records of `TYPES`; log_partition: for each of these.
    """
    import pandas

    codes, keys = _keys(records, rows)
    made = _values(records, rows)
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
            made.leader_epoch[kept], gone | (made.leader_epoch[kept] == _NO_EPOCH)
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
    data, index = records.data, dict[bytes, int]()
    spans = zip(records.key_at[rows].tolist(), records.key_end[rows].tolist(), strict=True)
    codes = [index.setdefault(data[at:end], len(index)) for at, end in spans]
    return np.array(codes, np.int64), [_key(key) for key in index]


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


def _values(records: Records, rows: Array) -> Decoded:
    at, end = records.value_at[rows], records.value_end[rows]
    made = Decoded(
        is_known=np.zeros(len(rows), bool),
        version=np.where(end - at >= 2, big_endian(records.view, at, ">h"), NO_VERSION),
        offset=np.zeros(len(rows), np.int64),
        leader_epoch=np.full(len(rows), _NO_EPOCH, np.int64),
        timestamp=np.zeros(len(rows), np.int64),
        topic_id_at=np.full(len(rows), -1, np.int64),
    )
    for version in _VERSIONS:
        here = np.flatnonzero(made.version == version)
        if here.size:
            _decode(records.view, version, here, at[here] + 2, end[here], made)
    return made


def _decode(view: Array, version: int, here: Array, at: Array, end: Array, made: Decoded) -> None:
    """Fill in the values of one version."""
    made.offset[here] = big_endian(view, at, ">q")
    at = at + 8
    if version >= _EPOCHS_SINCE:
        made.leader_epoch[here] = big_endian(view, at, ">i")
        at = at + 4
    if version >= _FLEXIBLE_SINCE:
        size, at = unsigned_varints(view, at)
        size = np.maximum(size - 1, 0)
    else:
        size, at = big_endian(view, at, ">h").astype(np.int64), at + 2
    is_sound = (size >= 0) & (size <= end - at)
    at = np.where(is_sound, at + size, end)
    made.timestamp[here] = big_endian(view, at, ">q")
    at = at + (16 if version == _EXPIRES_IN else 8)
    if version >= _FLEXIBLE_SINCE:
        at, made.topic_id_at[here] = _tags(view, at, end)
    made.is_known[here] = is_sound & (at <= end)


def _tags(view: Array, at: Array, end: Array) -> tuple[Array, Array]:
    """Return the positions behind the tagged fields, past the end where they are not sound."""
    count, at = unsigned_varints(view, at)
    topic_id_at = np.full(len(at), -1, np.int64)
    at = np.where((count < 0) | (count > _MOST_TAGS), end + 1, at)
    for number in range(min(int(count.max(initial=0)), _MOST_TAGS)):
        here = np.flatnonzero((count > number) & (at <= end))
        tag, behind = unsigned_varints(view, at[here])
        size, behind = unsigned_varints(view, behind)
        is_sound = (size >= 0) & (size <= end[here] - behind)
        is_id = is_sound & (tag == _TOPIC_ID) & (size == _TOPIC_ID_BYTES)
        topic_id_at[here[is_id]] = behind[is_id]
        at[here] = np.where(is_sound, behind + size, end[here] + 1)
    return at, topic_id_at


def _topic_ids(records: Records, at: Array) -> Array:
    """Return the ids as text, None where there is none; each distinct one is made once."""
    import pandas

    made = np.full(len(at), None, object)
    here = np.flatnonzero(at >= 0)
    if here.size:
        high, _ = pandas.factorize(big_endian(records.view, at[here], ">q"))
        low, lows = pandas.factorize(big_endian(records.view, at[here] + 8, ">q"))
        pair, _ = pandas.factorize(high * len(lows) + low)
        _, first = np.unique(pair, return_index=True)
        data, places = records.data, at[here[first]].tolist()
        texts = np.array([uuid_text(data[place : place + 16]) for place in places], object)
        made[here] = texts[pair]
    return made
