"""States of share groups: records of `__share_group_state` (KIP-932).

Schemas: ShareSnapshotKey and Value (type 0), ShareUpdateKey and Value (type 1) of Kafka's
share-coordinator. Keys are not flexible; values are version 0 and flexible. An update holds the
batches of one acknowledgement, a snapshot all that are left.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from kdiag.sections import ShareStateHistory
from kdiag.snapshot import Missing
from kdiag.sources.history.fields import Fields, Malformed
from kdiag.sources.history.opened import Opened, opened, trusted_since
from kdiag.sources.history.tail import Tail
from kdiag.sources.times import time_of

_SNAPSHOT, _UPDATE = 0, 1
_VERSION = 0
_COMPLETE_COUNT = 0  # tag of both values

Row = dict[str, Any]


def share_state_history(
    tails: Sequence[Tail],
    topics: Mapping[str, str],
    errors: Mapping[str, Missing],
    now: datetime,
) -> ShareStateHistory:
    """Return the records of the tails. topics: topic id → name. errors: what was not read."""
    read = opened(tails)
    since = [trusted_since(tail, now) for tail in tails]
    rows: list[Row] = []
    unreadable: Counter[int] = Counter()
    for at in np.flatnonzero(read.is_trusted).tolist():
        tail = int(read.tail_of[at])
        try:
            row = _row(read, at)
        except Malformed:
            unreadable[tails[tail].partition] += 1
            continue
        row["topic"] = topics.get(row["topic"])
        row |= {"log_partition": tails[tail].partition, "seen_from": since[tail]}
        rows.append(row)
    strange = {
        f"partition __share_group_state-{number}": Missing(
            f"{count} of its records are of a version that is not known", "a newer kdiag"
        )
        for number, count in sorted(unreadable.items())
    }
    return ShareStateHistory.from_rows(rows, read_at=now, errors={**strange, **errors})


def _row(read: Opened, at: int) -> Row:
    """Return the columns that a record tells.

    Raises Malformed for a type or version that is not known, or bytes that are not what it says.
    """
    type_ = int(read.records.type[at])
    if type_ not in (_SNAPSHOT, _UPDATE):
        raise Malformed(f"type {type_} is not known")
    key, value = read.fields(at)
    row: Row = {
        "group": key.text(),
        "topic": key.topic_id(),
        "partition": key.int32(),
        "is_snapshot": type_ == _SNAPSHOT,
        "is_tombstone": value is None,
        "written_at": time_of(int(read.records.timestamp[at])),
        "batches": (),
        "log_offset": int(read.records.offset[at]),
    }
    return row if value is None else row | _state(type_, value)


def _state(type_: int, value: Fields) -> Row:
    version = value.int16()
    if version != _VERSION:
        raise Malformed(f"version {version} is not known")
    value.is_flexible = True
    value.int32()  # the snapshot's epoch
    state_epoch = value.int32() if type_ == _SNAPSHOT else None
    value.int32()  # the leader's epoch
    start_offset = value.int64()
    if type_ == _SNAPSHOT:
        value.int64()  # when the state was created
        value.int64()  # when it was written
    batches = tuple(_batch(value) for _ in range(value.count()))
    count = value.tags().get(_COMPLETE_COUNT)
    return {
        "state_epoch": state_epoch,
        "start_offset": None if start_offset < 0 else start_offset,
        "batches": batches,
        "delivery_complete_count": _known(count),
    }


def _batch(value: Fields) -> tuple[int, int, int, int]:
    batch = (value.int64(), value.int64(), value.int8(), value.int16())
    value.tags()
    return batch


def _known(count: bytes | None) -> int | None:
    """Return a tagged count; Kafka leaves out the default, which is -1 for unknown."""
    number = -1 if count is None else int.from_bytes(count, "big", signed=True)
    return None if number < 0 else number
