"""The age of the oldest record that a group has not read, from end offsets seen over time.

A record below an end offset was there when that was read. So the first record that is not read is
as old as the last sample that was at or below its offset, at most, and as the first one above it,
at least; between the two, records are taken to have come evenly. What was there before the first
sample is known from an anchor: an offset and the time of its record, asked for once.

Memory: MOST samples of all partitions; older ones lie further apart, so that some hours fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST = 48
"""Samples that are kept: the more recent, the denser."""

_UNKNOWN = -1

Log = tuple[str, int]
"""Topic and partition."""


@dataclass
class EndOffsetLog:
    """End offsets of all partitions, at some times, oldest first.

    _slots: where a partition stands in each sample. _at: POSIX seconds. _ends: an array a sample.
    """

    _slots: dict[Log, int] = field(default_factory=dict)
    _at: list[float] = field(default_factory=list)
    _ends: list[Any] = field(default_factory=list)

    def add(self, at: datetime, ends: Mapping[Log, int]) -> None:
        """Keep a sample; those that a clock which was set back makes later ones are forgotten."""
        import numpy

        while self._at and self._at[-1] >= at.timestamp():
            self._at.pop()
            self._ends.pop()

        self._forget_all_but(ends)
        for log in ends:
            self._slots.setdefault(log, len(self._slots))
        row = numpy.full(len(self._slots), _UNKNOWN, dtype="int64")
        row[[self._slots[log] for log in ends]] = list(ends.values())
        self._at.append(at.timestamp())
        self._ends.append(row)
        self._thin()

    def ages(
        self,
        logs: Sequence[Log],
        offsets: Sequence[int],
        anchor_offsets: Sequence[float],
        anchors_at: Sequence[float],
    ) -> Any:
        """Return the age in seconds of the record at each offset, when the last sample was taken.

        0 at or above the end; NaN where nothing tells. logs, offsets: of each row, as the anchors:
        an offset and the POSIX time of its record, NaN where there is none.
        """
        import numpy

        wanted = numpy.asarray(offsets, dtype="float64")
        low, low_at, high, high_at = self._around(logs, wanted)
        anchor, anchor_at = numpy.asarray(anchor_offsets), numpy.asarray(anchors_at)
        helps = numpy.isnan(low_at) & (anchor <= wanted) & (anchor_at < high_at)
        low[helps], low_at[helps] = anchor[helps], anchor_at[helps]
        share = (wanted - low) / numpy.maximum(high - low, 1)
        came_at = low_at + share * (high_at - low_at)
        now = self._at[-1]
        at_least = numpy.where(high_at < now, high_at, numpy.nan)
        age = now - numpy.where(numpy.isnan(low_at), at_least, came_at)
        return numpy.where(numpy.isnan(high_at) & ~numpy.isnan(low_at), 0.0, age)

    def _around(self, logs: Sequence[Log], wanted: Any) -> tuple[Any, Any, Any, Any]:
        """Return end offset and time of the samples around each offset, NaN where there is none.

        A log that was longer before than after is another one: a topic that was made anew.
        """
        import numpy

        slot = numpy.array([self._slots.get(log, _UNKNOWN) for log in logs], dtype="int64")
        low, low_at, high, high_at = (numpy.full(len(wanted), numpy.nan) for _ in range(4))
        newer = numpy.full(len(wanted), numpy.inf)
        is_open = slot != _UNKNOWN
        for at, row in zip(reversed(self._at), reversed(self._ends), strict=True):
            is_there = is_open & (slot < len(row))
            end = numpy.full(len(wanted), _UNKNOWN, dtype="float64")
            end[is_there] = row[slot[is_there]]
            is_there &= end != _UNKNOWN
            is_open &= ~(is_there & (end > newer))
            is_there &= is_open
            above, below = is_there & (end > wanted), is_there & (end <= wanted)
            high[above], high_at[above] = end[above], at
            low[below], low_at[below] = end[below], at
            newer[is_there] = end[is_there]
            is_open &= ~below
        return low, low_at, high, high_at

    def _forget_all_but(self, known: Mapping[Log, int]) -> None:
        """Drop partitions that are gone, where they are more than half."""
        import numpy

        kept = [log for log in self._slots if log in known]
        if len(self._slots) <= 2 * len(kept) or not self._slots:
            return
        places = [self._slots[log] for log in kept]
        for index, row in enumerate(self._ends):
            whole = numpy.full(len(self._slots), _UNKNOWN, dtype="int64")
            whole[: len(row)] = row
            self._ends[index] = whole[places]
        self._slots = {log: place for place, log in enumerate(kept)}

    def _thin(self) -> None:
        """Drop the sample that is missed least: the one in the smallest gap for its age."""
        if len(self._at) <= MOST:
            return
        gaps = [
            (self._at[place + 1] - self._at[place - 1]) / (self._at[-1] - self._at[place])
            for place in range(1, len(self._at) - 1)
        ]
        place = 1 + gaps.index(min(gaps))
        del self._at[place], self._ends[place]
