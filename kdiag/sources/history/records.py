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
from kdiag.sources.history.compression import Undecodable, decompressed

UNREADABLE = -1
"""Type of a record whose key cannot be read."""

_BITS, _MORE = 7, 0x80


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
    data, spans, damaged = _joined(batches)
    starts: list[int] = []
    ends: list[int] = []
    counts = [0] * len(batches)
    for index, at, stop in spans:
        before = len(starts)
        is_sound = _follow(data, at, stop, starts, ends)
        counts[index] = len(starts) - before
        if not is_sound or counts[index] != batches[index].record_count:
            del starts[before:], ends[before:]
            counts[index] = 0
            damaged.append(index)
    of = np.repeat(np.arange(len(batches)), np.array(counts, np.int64))
    return _columns(
        data, np.array(starts, np.int64), np.array(ends, np.int64), of, batches
    ), damaged


def _joined(batches: Sequence[Batch]) -> tuple[bytes, list[tuple[int, int, int]], list[int]]:
    """Return one buffer, (batch, begin, end) for each payload in it, and the undecodable ones."""
    parts: list[bytes] = []
    spans, damaged, at = [], [], 0
    for index, batch in enumerate(batches):
        try:
            part = decompressed(batch.codec, batch.payload or b"")
        except Undecodable:
            damaged.append(index)
            continue
        parts.append(part)
        spans.append((index, at, at + len(part)))
        at += len(part)
    return b"".join((*parts, bytes(MARGIN))), spans, damaged


def _follow(data: bytes, at: int, stop: int, starts: list[int], ends: list[int]) -> bool:
    """Add begin and end of each record in a payload; False where they do not fill it exactly.

    The loop runs once a record: it is written for speed.
    """
    odd = 0
    while at < stop:
        size = data[at]
        at += 1
        if size >= _MORE:
            size, shift, byte = size & (_MORE - 1), _BITS, _MORE
            while byte >= _MORE and at < stop and shift < 32:
                byte = data[at]
                size |= (byte & (_MORE - 1)) << shift
                at += 1
                shift += _BITS
        odd |= size
        starts.append(at)
        at += size >> 1
        ends.append(at)
    return at == stop and not odd & 1


def _columns(data: bytes, start: Array, end: Array, of: Array, batches: Sequence[Batch]) -> Records:
    view = np.frombuffer(data, np.uint8)
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
