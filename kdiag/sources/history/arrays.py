"""Kafka's numbers out of bytes, for many places at once.

`view` is the bytes as uint8 with at least MARGIN spare bytes behind what is meant to be read; `at`
are positions. A position outside is moved to the margin: what is read there is rubbish, so callers
compare positions with the end of their field before they believe a value.
"""

from typing import Any

import numpy as np

MARGIN = 32
"""Bytes: more than the longest varint or fixed field."""

Array = Any  # numpy.ndarray

_MOST_BYTES = 10  # of a 64-bit varint
_BITS, _MORE = 7, 0x80


def big_endian(view: Array, at: Array, dtype: str) -> Array:
    """Return the numbers of a fixed size, as `>q` or `>h`, in native byte order."""
    wide = np.dtype(dtype)
    raw = view[_inside(view, at)[:, None] + np.arange(wide.itemsize)]
    return np.ascontiguousarray(raw).view(wide).ravel().astype(wide.newbyteorder("="))


def unsigned_varints(view: Array, at: Array) -> tuple[Array, Array]:
    """Return the varints (7 bits a byte, lowest first) as int64, and the positions behind them."""
    at = _inside(view, at)
    byte = view[at].astype(np.int64)
    value, at = byte & (_MORE - 1), at + 1
    more = np.flatnonzero(byte >= _MORE)
    for shift in range(_BITS, _BITS * _MOST_BYTES, _BITS):
        if not more.size:
            break
        byte = view[at[more]].astype(np.int64)
        value[more] |= (byte & (_MORE - 1)) << shift
        at[more] += 1
        more = more[byte >= _MORE]
    return value, at


def varints(view: Array, at: Array) -> tuple[Array, Array]:
    """Return the zigzag varints, as in a record, and the positions behind them."""
    raw, behind = unsigned_varints(view, at)
    return (raw.view(np.uint64) >> np.uint64(1)).view(np.int64) ^ -(raw & 1), behind


def times(milliseconds: Array) -> Array:
    """Return milliseconds since 1970 as datetime64[ns]; NaT for what is not a time.

    Kafka writes -1 where it knows none; a time after 2262 does not fit.
    """
    is_time = (milliseconds >= 0) & (milliseconds < 2**63 // 10**6)
    made = np.where(is_time, milliseconds, 0).astype("datetime64[ms]").astype("datetime64[ns]")
    made[~is_time] = np.datetime64("NaT")
    return made


def _inside(view: Array, at: Array) -> Array:
    return np.clip(at, 0, len(view) - MARGIN)
