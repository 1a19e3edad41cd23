"""Offsets whose time is known from asking the brokers for the past, once a diagnosis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kdiag.analysis.lag import PartitionLag
from kdiag.exporter.ages import Log
from kdiag.snapshot import Snapshot
from kdiag.view import View

_NOWHERE = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Anchors:
    """(group, topic, partition) → an unread offset, and the POSIX time of its record."""

    by_row: Mapping[tuple[str, str, int], tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Anchors":
        """Return what a snapshot tells of groups that are behind; nothing where it tells nothing.

        The time is the middle of what is known.
        """
        lag = View(snapshot).get(PartitionLag)
        if not isinstance(lag, PartitionLag):
            return cls()
        rows = lag.rows[lag.rows["lag_records"] > 0]
        low, high = rows["oldest_unread_seconds"], rows["oldest_unread_upper_seconds"]
        age = (low.fillna(0.0) + high) / 2
        age = age.where(high.notna(), low)
        at = lag.read_at.timestamp() - age
        reads_from = rows[["committed_offset", "log_start_offset"]].max(axis=1)
        keys = zip(rows["group"], rows["topic"], rows["partition"], strict=True)
        pairs = zip(reads_from.astype("float64"), at, strict=True)
        return cls({key: pair for key, pair in zip(keys, pairs, strict=True) if pair[1] == pair[1]})

    def on(self, groups: Sequence[str], logs: Sequence[Log]) -> tuple[Any, Any]:
        """Return the offset and the time of each row, NaN where there is none."""
        import numpy

        if not self.by_row:
            return numpy.full(len(logs), numpy.nan), numpy.full(len(logs), numpy.nan)
        keys = zip(groups, logs, strict=True)
        found = [self.by_row.get((group, *log), _NOWHERE) for group, log in keys]
        both = numpy.array(found, dtype="float64").reshape(len(logs), 2)
        return both[:, 0], both[:, 1]
