"""What one group did in the past, as far back as the history reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kdiag.analysis.commit_timeline import CommitTimeline
from kdiag.analysis.history_span import HistorySpan
from kdiag.analysis.lag_history import LagHistory
from kdiag.analysis.membership import Memberships
from kdiag.analysis.rebalances import Rebalances
from kdiag.pages.rebalanced import Rebalance, rebalances
from kdiag.sections import CommitHistory
from kdiag.snapshot import Section
from kdiag.view import View

SECTIONS: tuple[type[Section], ...] = (
    *(CommitHistory, Memberships, Rebalances, HistorySpan),
    *(CommitTimeline, LagHistory),
)
"""What the timeline is made of: for the collection plan."""

MINUTE, HOUR = 60, 3600
_MINUTES_SHOWN = 2 * HOUR
"""Commits that reach back so far are counted by the minute, others by the hour."""


@dataclass(frozen=True, kw_only=True)
class Committed:
    """The commits of one minute or hour that has any.

    records: by how much they moved the offsets forward. lag_records_then: at some time in it, of
    partitions_then of the group's partitions: those of which an end offset of the past is known.
    """

    begins_at: datetime
    seconds: int
    commits: int
    records: int
    lag_records_then: int | None = None
    partitions_then: int | None = None


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """Committed offsets of one topic that expired or were deleted."""

    at: datetime
    topic: str
    partitions: int


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """complete_since: from when on nothing is missing; None where that is not known."""

    complete_since: datetime | None = None
    rebalances: tuple[Rebalance, ...] = ()
    commits: tuple[Committed, ...] = ()
    deleted: tuple[Deleted, ...] = ()


def timeline(view: View, group: str) -> Timeline | None:
    """Return what a group did, the oldest first; None where the history was not read."""
    done, members = view.get(Rebalances), view.get(Memberships)
    history = view.get(CommitHistory)
    if not isinstance(members, Memberships) or not isinstance(history, CommitHistory):
        return None
    listed = done if isinstance(done, Rebalances) else Rebalances.of()
    return Timeline(
        complete_since=_complete_since(view, group),
        rebalances=tuple(rebalances(listed, members.steps.get(group, ()), group)),
        commits=tuple(_committed(view, group, history)),
        deleted=tuple(_deleted(history.rows[history.rows["group"] == group])),
    )


def _complete_since(view: View, group: str) -> datetime | None:
    """Return the reach of the log partition that has the group's records."""
    spans = view.get(HistorySpan)
    if not isinstance(spans, HistorySpan):
        return None
    known = spans.rows[spans.rows["group"] == group]["known_from"].dropna()
    return _time(known.iloc[0]) if len(known) else None


def _time(value: Any) -> datetime:
    return datetime.fromtimestamp(value.timestamp(), UTC)


def _committed(view: View, group: str, history: CommitHistory) -> Iterator[Committed]:
    """Count commits and the records that they moved, by the minute or hour."""
    import numpy as np

    at, records = _steps(view, group)
    if not len(at):
        return
    reach = history.read_at.timestamp() - int(at.min())
    width = MINUTE if reach <= _MINUTES_SHOWN else HOUR
    lags = dict(_lags(view, group, width))
    buckets, index = np.unique(at // width, return_inverse=True)
    counts, moved = np.bincount(index), np.bincount(index, weights=records)
    for bucket, commits, sum_ in zip(buckets.tolist(), counts, moved, strict=True):
        lag, partitions = lags.get(bucket, (None, None))
        yield Committed(
            begins_at=datetime.fromtimestamp(bucket * width, UTC),
            seconds=width,
            commits=int(commits),
            records=int(sum_),
            lag_records_then=lag,
            partitions_then=partitions,
        )


def _steps(view: View, group: str) -> tuple[Any, Any]:
    """Return the time of each commit, seconds since 1970, and by how much it moved its offset."""
    import numpy as np

    commits = view.get(CommitTimeline)
    times, steps = [np.zeros(0, "int64")], [np.zeros(0, "int64")]
    if isinstance(commits, CommitTimeline):
        for key in np.flatnonzero((commits.keys["group"] == group).to_numpy(bool)):
            place = slice(commits.starts[key], commits.starts[key + 1])
            offsets = commits.offsets[place]
            times.append(commits.at_ns[place] // 10**9)
            steps.append(np.diff(offsets, prepend=offsets[:1]).clip(min=0))
    return np.concatenate(times), np.concatenate(steps)


def _lags(view: View, group: str, width: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield bucket → lag and partitions, of the time in it at which most partitions are known."""
    history = view.get(LagHistory)
    if not isinstance(history, LagHistory):
        return
    rows = history.rows[(history.rows["group"] == group) & history.rows["lag_records"].notna()]
    by_time = rows.groupby("at")["lag_records"].agg(["sum", "size"]).sort_values("size")
    for at, lag, partitions in by_time.itertuples():
        yield int(at.timestamp()) // width, (int(lag), int(partitions))


def _deleted(rows: Any) -> Iterator[Deleted]:
    """Yield the deletions; those of one topic in one second together."""
    gone = rows[rows["is_tombstone"] & rows["committed_at"].notna()]
    second = gone["committed_at"].dt.floor("s")
    for (at, topic), count in gone.groupby([second, "topic"]).size().items():
        yield Deleted(at=_time(at), topic=topic, partitions=int(count))
