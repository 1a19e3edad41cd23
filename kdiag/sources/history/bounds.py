"""Where records begin and end: each one's length leads to the next, so they are followed.

One record of every payload at a time, as long as many payloads have a further one; what a few long
payloads have left is followed one by one.
"""

import numpy as np

from kdiag.sources.history.arrays import Array, varints

_FEW = 32  # payloads: fewer are followed sooner one by one than together
_BITS, _MORE = 7, 0x80


def bounds(
    data: bytes, view: Array, at: Array, stop: Array, counts: Array
) -> tuple[Array, Array, Array]:
    """Return begin and end of all records, and which payloads hold exactly as many as they say.

    at, stop: of each payload in `data`. The records of a payload that is not sound are left out.
    """
    is_sound = (counts >= 0) & (counts <= stop - at)
    room = np.where(is_sound, counts, 0)
    first = np.cumsum(room) - room
    starts, ends = np.zeros(room.sum(), np.int64), np.zeros(room.sum(), np.int64)
    reached, step = at.copy(), 0
    active = np.flatnonzero(room > 0)
    while len(active) >= _FEW:
        place, limit, to = reached[active], stop[active], first[active]
        is_inside, last = np.ones(len(active), bool), int(room[active].min())
        while step < last and is_inside.all():
            size, start = varints(view, place)
            place = start + size
            is_inside = (size >= 0) & (place <= limit)
            starts[to + step], ends[to + step] = start, place
            step += 1
        reached[active] = place
        is_sound[active[~is_inside]] = False
        active = active[is_inside & (room[active] > step)]
    for index in active.tolist():
        found = _follow(data, int(reached[index]), int(stop[index]))
        is_sound[index] = len(found[0]) == room[index] - step
        if is_sound[index]:
            here = slice(first[index] + step, first[index] + room[index])
            starts[here], ends[here] = found
            reached[index] = stop[index]
    is_sound &= reached == stop
    kept = np.repeat(is_sound, room)
    return starts[kept], ends[kept], is_sound


def _follow(data: bytes, at: int, stop: int) -> tuple[list[int], list[int]]:
    """Return begin and end of each record up to `stop`; nothing where they do not fill it exactly.

    The loop runs once a record: it is written for speed.
    """
    starts, ends, odd = list[int](), list[int](), 0
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
    return (starts, ends) if at == stop and not odd & 1 else ([], [])
