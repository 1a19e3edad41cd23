"""Committed offsets as a table, out of records of types 0 and 1.

Schema: OffsetCommitKey (group-coordinator of Kafka): group, topic, int32 partition.
"""

from datetime import datetime
from typing import NamedTuple

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
    is_known = (is_tombstone | made.is_known) & keys.is_readable[codes]
    kept = np.flatnonzero(is_known)
    at = rows[kept]
    gone = is_tombstone[kept]
    key_of = codes[kept]
    when = np.where(gone, records.timestamp[at], made.timestamp[kept])
    columns = {
        "group": pandas.Series(keys.group[key_of], dtype="object"),
        "topic": pandas.Series(keys.topic[key_of], dtype="object"),
        "partition": pandas.array(keys.partition[key_of], dtype="Int64"),
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


class Keys(NamedTuple):
    """Distinct keys by column; is_readable: False for one that is not what a key is."""

    group: Array
    topic: Array
    partition: Array
    is_readable: Array


def _keys(records: Records, rows: Array) -> tuple[Array, Keys]:
    """Return for each record the index of its key, and the keys: few beside the records."""
    at, end = records.key_at[rows], records.key_end[rows]
    codes, first = distinct(records.view, at, end)
    made = Keys(
        np.full(len(first), "", object),
        np.full(len(first), "", object),
        np.zeros(len(first), np.int64),
        np.zeros(len(first), bool),
    )
    names: dict[str, str] = {}  # a name is in many keys: once in memory is enough
    spans = zip(at[first].tolist(), end[first].tolist(), strict=True)
    for place, (begin, stop) in enumerate(spans):
        fields = Fields(records.data[begin:stop], 2, stop - begin)
        try:
            group, topic, partition = fields.text() or "", fields.text() or "", fields.int32()
        except Malformed:
            continue
        made.group[place] = names.setdefault(group, group)
        made.topic[place] = names.setdefault(topic, topic)
        made.partition[place] = partition
        made.is_readable[place] = True
    return codes, made


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
