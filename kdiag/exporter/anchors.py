"""Offsets whose time is known from asking the brokers for the past, once a diagnosis."""

from dataclasses import dataclass
from typing import Any

from kdiag.analysis.lag import positions
from kdiag.analysis.misdated import misdated_logs, without
from kdiag.analysis.unread_ages import unread_ages
from kdiag.sections import Commits, EndOffsetHistory, Offsets
from kdiag.snapshot import Snapshot

_ID = ["group", "topic", "partition"]


@dataclass(frozen=True, eq=False, repr=False)
class Anchors:
    """Rows of groups and partitions: an unread offset, and `at`, the POSIX time of its record."""

    rows: Any | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Anchors":
        """Return what a snapshot tells of groups that are behind; nothing where it tells nothing.

        The time is the middle of what is known; of a log with records that are stamped before
        Kafka was, none is.
        """
        commits, offsets = snapshot.get(Commits), snapshot.get(Offsets)
        past = snapshot.get(EndOffsetHistory)
        if (
            not isinstance(commits, Commits)
            or not isinstance(offsets, Offsets)
            or not isinstance(past, EndOffsetHistory)
        ):
            return cls()
        rows = positions(commits, offsets)
        rows = without(rows[rows["lag_records"] > 0], misdated_logs(past, offsets))
        ages = unread_ages(rows, past, "committed_offset")
        low, high = ages["at_least"], ages["at_most"]
        age = (low.fillna(0.0) + high) / 2
        age = age.where(high.notna(), low)
        at = max(commits.read_at, offsets.read_at, past.read_at).timestamp() - age
        reads_from = rows[["committed_offset", "log_start_offset"]].max(axis=1)
        rows = rows[_ID].assign(offset=reads_from.astype("float64"), at=at)
        return cls(rows[at.notna()])

    def on(self, rows: Any) -> tuple[Any, Any]:
        """Return the offset and the time for each row with a group, topic and partition.

        NaN where there is none.
        """
        import numpy

        if self.rows is None:
            return numpy.full(len(rows), numpy.nan), numpy.full(len(rows), numpy.nan)
        found = rows[_ID].merge(self.rows, "left", _ID)
        return found["offset"].to_numpy(), found["at"].to_numpy()
