"""`kdiag lag` as a value: how far each group is behind, in records and seconds, and what follows.

A row says what is known: without a second sample or without history the lag in records still
stands, and what could not be told is None.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.positions import NO_POSITION, Positions
from kdiag.analysis.share_groups import ShareLag
from kdiag.analysis.triage import LagVerdicts
from kdiag.pages.groups import groups_like, matching
from kdiag.pages.lag_frame import LAG_SECTIONS, by_topic, partition_frame
from kdiag.pages.unread import Unread, has_share_groups, is_whole, unread
from kdiag.sections import (
    CommitHistory,
    Commits,
    EndOffsetHistory,
    Groups,
    Members,
    Offsets,
    ShareOffsets,
    TopicConfigs,
    cluster_id,
)
from kdiag.snapshot import Section, Snapshot
from kdiag.view import View

SECTIONS: tuple[type[Section], ...] = (Groups, Members, ShareOffsets, *LAG_SECTIONS)
"""What the page is made of: for the collection plan."""

Order = Literal["seconds", "lag", "name"]
"""By the age of the oldest unread record and then lag, by lag in records, or by name."""

LACKING: Mapping[type[Section], str] = {
    Groups: "groups",
    Members: "members",
    Commits: "committed offsets",
    ShareOffsets: "offsets of share groups",
    Offsets: "end offsets",
    EndOffsetHistory: "lag in seconds",
    CommitHistory: "rates from history",
    PartitionLag: "rates",
    TopicConfigs: "time until retention deletes",
    LagVerdicts: "verdicts",
    ShareLag: "verdicts on share groups",
}
"""What the page lacks where a section could not be read; raw sections before derived ones."""


class Owner(NamedTuple):
    """A member that a partition is assigned to."""

    member_id: str
    instance_id: str | None
    client_id: str
    client_host: str


@dataclass(frozen=True, kw_only=True)
class LagRow:
    """A group on a topic, or on one partition of it; the names are those of the JSON.

    What is not known is None. partition, committed_offset (of a share group its start offset),
    end_offset, owners: of one partition only. partitions_unknown: partitions whose lag is not
    known, so that lag_records is the sum of the others. unknown_reason: why, of the first of
    them. lag_seconds_*: bounds of the age of the oldest unread record; at_most is None where it
    is older than was asked for. over_seconds, rates_from: window of the rates, and whether it is
    known from history, Prometheus or two samples. verdict, confidence, reason: see LagVerdicts; of
    share groups, ShareLag. drain_seconds: until all partitions with an old backlog have caught up.
    lost_in_seconds: until retention deletes unread records. Both hold while the rates do.
    """

    group: str
    topic: str
    partition: int | None = None
    type: str | None = None
    state: str | None = None
    members: int | None = None
    owners: tuple[Owner, ...] | None = None
    partitions: int = 1
    partitions_unknown: int = 0
    unknown_reason: str | None = None
    committed_offset: int | None = None
    end_offset: int | None = None
    lag_records: int | None = None
    lag_seconds_at_least: float | None = None
    lag_seconds_at_most: float | None = None
    produced_records_per_second: float | None = None
    consumed_records_per_second: float | None = None
    over_seconds: float | None = None
    rates_from: str | None = None
    verdict: str | None = None
    confidence: str | None = None
    reason: str | None = None
    drain_seconds: float | None = None
    lost_in_seconds: float | None = None

    @property
    def key(self) -> tuple[str, str, int | None]:
        """What tells this row from all others, in one page and from page to page."""
        return self.group, self.topic, self.partition


Key = tuple[str, str, int | None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows, in which order.

    group, topic: a name or a glob pattern. limit: the most to show, None for all.
    """

    group: str | None = None
    topic: str | None = None
    by_partition: bool = False
    min_lag_records: int = 0
    limit: int | None = None
    order: Order = "seconds"


@dataclass(frozen=True, kw_only=True)
class LagPage:
    """The rows to show, and what they are part of.

    lags: lag in records of every row before min_lag_records and the limit, to compare pages by.
    left_out: rows that only the limit left out. is_complete: no group, committed offset or end
    offset that the page is about is missing.
    """

    wanted: Wanted
    cluster_id: str | None
    taken_at: datetime
    duration_seconds: float
    requests: int
    groups: int | None
    rows: tuple[LagRow, ...]
    left_out: int
    lags: Mapping[Key, int | None]
    unread: tuple[Unread, ...]
    is_complete: bool


def lag_page(snapshot: Snapshot, wanted: Wanted) -> LagPage:
    """Return the page of a snapshot. Raises UsageError where there is no group of that name."""
    view = View(snapshot)
    chosen = None if wanted.group is None else groups_like(view, wanted.group)
    rows = sorted(lag_rows(view, chosen, wanted.topic, wanted.by_partition), key=_by(wanted.order))
    shown = [row for row in rows if _is_shown(row, wanted.min_lag_records)]
    groups = view.get(Groups)
    return LagPage(
        wanted=wanted,
        cluster_id=cluster_id(snapshot),
        taken_at=snapshot.taken_at,
        duration_seconds=snapshot.duration_seconds,
        requests=sum(snapshot.requests.values()),
        groups=len(groups) if isinstance(groups, Groups) else None,
        rows=tuple(shown[: wanted.limit]),
        left_out=0 if wanted.limit is None else max(0, len(shown) - wanted.limit),
        lags={row.key: row.lag_records for row in rows},
        unread=unread(view, LACKING),
        is_complete=is_complete(view, rows, is_found=chosen == [wanted.group]),
    )


def lag_rows(
    view: View, groups: Sequence[str] | None, topic: str | None, by_partition: bool
) -> list[LagRow]:
    """Return the rows of some groups, or of all; a row a group and topic, or a partition."""
    positions = view.get(Positions)
    if not isinstance(positions, Positions):
        return []
    frame = partition_frame(view, positions)
    if groups is not None:
        frame = frame[frame["group"].isin(groups)]
    if topic is not None:
        frame = frame[frame["topic"].isin(matching(frame["topic"].unique(), topic))]
    return list(_rows(frame if by_partition else by_topic(view, frame)))


def _rows(frame: Any) -> Iterator[LagRow]:
    """Yield the rows of a frame with what is not known as None."""
    names = [name for name in LagRow.__dataclass_fields__ if name in frame]
    columns = [_plain(frame[name]) for name in names]
    for values in zip(*columns, strict=True):
        row = dict(zip(names, values, strict=True))
        owners = row.pop("owners", None)
        if owners is not None:
            row["owners"] = tuple(Owner(*owner) for owner in owners)
        yield LagRow(**row)


def _plain(column: Any) -> list[Any]:
    """Return a column as plain values, seconds and rates to a thousandth."""
    values = column.astype(object).where(column.notna(), None).tolist()
    return [round(each, 3) if isinstance(each, float) else each for each in values]


def _by(order: Order) -> Any:
    """Return the key to sort by; a lag that is not known comes after those that are, before 0."""

    def records(row: LagRow) -> float:
        return -(0.5 if row.lag_records is None else row.lag_records)

    def key(row: LagRow) -> tuple[Any, ...]:
        name = (row.group, row.topic, row.partition or 0)
        if order == "name":
            return name
        if order == "lag":
            return (records(row), *name)
        return (-(row.lag_seconds_at_least or 0.0), records(row), *name)

    return key


def _is_shown(row: LagRow, min_lag_records: int) -> bool:
    """Tell whether a row has enough lag, or may have."""
    return row.lag_records is None or row.lag_records >= min_lag_records


def is_complete(view: View, rows: Sequence[LagRow], *, is_found: bool) -> bool:
    """Tell whether all groups and offsets that the rows are about were read."""
    has_groups = isinstance(view.get(Groups), Groups) and (is_found or is_whole(view, Groups))
    if not has_groups or not is_whole(view, Commits):
        return False
    if has_share_groups(view) and not is_whole(view, ShareOffsets):
        return False
    has_ends = isinstance(view.get(Offsets), Offsets)
    return has_ends and all(row.unknown_reason in (None, *NO_POSITION) for row in rows)
