"""Records out of batches: payloads joined to one buffer, then all records at once.

Record: varint length; int8 attributes, varlong timestamp delta, varint offset delta, varint length
and bytes of key and value (length -1: null), headers (DefaultRecord). Only the lengths must be
followed one by one; everything else is read for all records at the same time.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kdiag.sources.history.arrays import MARGIN, Array, big_endian, varints
from kdiag.sources.history.batches import Batch
from kdiag.sources.history.bounds import bounds
from kdiag.sources.history.compression import Undecodable, decompressed

UNREADABLE = -1
"""Type of a record whose key cannot be read."""


class Records(NamedTuple):
    """Records by column; positions are those in `data`.

    batch: index of the batch that holds it. timestamp: milliseconds. type: first number of its key,
    or UNREADABLE. is_sound: key and value lie within it. is_tombstone: its value is null (its
    positions are then equal).
    """

    data: bytes
    view: Array
    batch: Array
    offset: Array
    timestamp: Array
    type: Array
    key_at: Array
    key_end: Array
    value_at: Array
    value_end: Array
    is_sound: Array
    is_tombstone: Array


def records_of(batches: Sequence[Batch]) -> tuple[Records, list[int]]:
    """Return all records of the batches, and the indexes of batches that cannot be taken apart."""
    data, at, stop, damaged = _joined(batches)
    view = np.frombuffer(data, np.uint8)
    held = np.array([batch.record_count for batch in batches], np.int64)
    starts, ends, is_sound = bounds(data, view, at, stop, held)
    of = np.repeat(np.arange(len(batches)), np.where(is_sound, held, 0))
    damaged += np.flatnonzero(~is_sound).tolist()
    return _columns(data, view, starts, ends, of, batches), sorted(set(damaged))


def _joined(batches: Sequence[Batch]) -> tuple[bytes, Array, Array, list[int]]:
    """Return one buffer, where each payload begins and ends in it, and the undecodable ones."""
    parts: list[bytes] = []
    damaged = []
    for index, batch in enumerate(batches):
        try:
            parts.append(decompressed(batch.codec, batch.payload or b""))
        except Undecodable:
            parts.append(b"")
            damaged.append(index)
    stop = np.cumsum(np.array([len(part) for part in parts], np.int64))
    at = np.concatenate((np.zeros(1, np.int64), stop))[:-1]
    return b"".join((*parts, bytes(MARGIN))), at, stop, damaged


def _columns(
    data: bytes, view: Array, start: Array, end: Array, of: Array, batches: Sequence[Batch]
) -> Records:
    delta_time, at = varints(view, start + 1)
    delta_offset, at = varints(view, at)
    key_size, key_at = varints(view, at)
    has_key = (key_size >= -1) & (key_size <= end - key_at)
    key_end = np.where(has_key & (key_size > 0), key_at + key_size, key_at)
    value_size, value_at = varints(view, key_end)
    is_sound = has_key & (value_size >= -1) & (value_size <= end - value_at)
    value_end = np.where(is_sound & (value_size > 0), value_at + value_size, value_at)
    is_typed = is_sound & (key_size >= 2)
    type_ = np.where(is_typed, big_endian(view, key_at, ">h"), UNREADABLE)
    base = np.array([b.base_offset for b in batches], np.int64)
    time = np.array([b.first_time for b in batches], np.int64)
    is_fixed = np.array([b.has_append_time for b in batches], bool)
    return Records(
        data=data,
        view=view,
        batch=of,
        offset=base[of] + delta_offset,
        timestamp=time[of] + np.where(is_fixed[of], 0, delta_time),
        type=type_,
        key_at=key_at,
        key_end=key_end,
        value_at=value_at,
        value_end=value_end,
        is_sound=is_sound,
        is_tombstone=is_sound & (value_size < 0),
    )
