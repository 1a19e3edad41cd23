"""`kdiag group` as a value: one group with its members, its topics, and what it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kdiag.analysis.group_past import GroupPast
from kdiag.errors import UsageError
from kdiag.pages.groups import groups_like
from kdiag.pages.lag import LACKING, Key, LagRow, is_complete, lag_rows
from kdiag.pages.lag import SECTIONS as OF_LAG
from kdiag.pages.timeline import SECTIONS as OF_TIMELINE
from kdiag.pages.timeline import Timeline, timeline
from kdiag.pages.unread import Unread, unread
from kdiag.sections import (
    Brokers,
    GenerationHistory,
    Groups,
    MemberHistory,
    Members,
    StreamsTopologies,
    cluster_id,
)
from kdiag.snapshot import Section, Snapshot
from kdiag.view import View

SECTIONS: tuple[type[Section], ...] = (*OF_LAG, *OF_TIMELINE, GroupPast, StreamsTopologies)
"""What the page is made of: for the collection plan."""

_LACKING: Mapping[type[Section], str] = {
    **LACKING,
    GenerationHistory: "rebalances",
    MemberHistory: "members of the past",
}
_CLASSIC = "classic"


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """A member; the names are those of the JSON.

    partitions: what it is assigned; None where it cannot be decoded, as that of Connect workers.
    lag_records: of these partitions; None where that of one is not known, or members share them.
    is_settled: it has what the group means it to have; None for classic groups.
    """

    member_id: str
    instance_id: str | None
    client_id: str
    client_host: str
    rack: str | None
    member_epoch: int | None
    partitions: tuple[tuple[str, int], ...] | None
    is_settled: bool | None
    lag_records: int | None


@dataclass(frozen=True, kw_only=True)
class Subtopology:
    """A part of the topology of a streams group, as far as the brokers know it."""

    subtopology: str
    source_topics: tuple[str, ...]
    internal_topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GroupPage:
    """A group; what is not known is None.

    generation: of a classic group the last one in the history, of others the group epoch.
    empty_since: of a group without members. topics, partitions: its rows of `kdiag lag`.
    timeline: None where the history was not read.
    """

    group: str
    cluster_id: str | None
    taken_at: datetime
    duration_seconds: float
    requests: int
    type: str | None
    state: str | None
    protocol_type: str | None
    protocol: str | None
    coordinator: int | None
    coordinator_address: str | None
    generation: int | None
    empty_since: datetime | None
    members: tuple[MemberRow, ...] | None
    topics: tuple[LagRow, ...]
    partitions: tuple[LagRow, ...]
    subtopologies: tuple[Subtopology, ...]
    timeline: Timeline | None
    unread: tuple[Unread, ...]
    is_complete: bool

    @property
    def lags(self) -> Mapping[Key, int | None]:
        """Lag in records by topic, to compare pages by."""
        return {row.key: row.lag_records for row in self.topics}

    @property
    def partitions_known(self) -> int:
        """How many partitions the group has a committed offset on."""
        return sum(row.committed_offset is not None for row in self.partitions)


def group_page(snapshot: Snapshot, name: str) -> GroupPage:
    """Return the page of one group.

    Raises UsageError where there is no group of that name, or several fit it as a pattern.
    """
    view = View(snapshot)
    found = groups_like(view, name)
    if len(found) > 1:
        names = ", ".join(map(repr, found[:5]))
        raise UsageError(f"{name!r} fits {len(found)} groups, name one of them: {names}")
    group = found[0] if found else name
    head = _head(view, group)
    partitions = tuple(lag_rows(view, [group], None, by_partition=True))
    members = _members(view, group, partitions, is_shared=head.get("type") == "share")
    past = timeline(view, group)
    return GroupPage(
        group=group,
        cluster_id=cluster_id(snapshot),
        taken_at=snapshot.taken_at,
        duration_seconds=snapshot.duration_seconds,
        requests=sum(snapshot.requests.values()),
        type=head.get("type"),
        state=head.get("state"),
        protocol_type=head.get("protocol_type") or None,
        protocol=head.get("protocol") or None,
        coordinator=head.get("coordinator"),
        coordinator_address=_address(view, head.get("coordinator")),
        generation=_generation(head, past),
        empty_since=_empty_since(view, group, members),
        members=members,
        topics=tuple(lag_rows(view, [group], None, by_partition=False)),
        partitions=partitions,
        subtopologies=tuple(_subtopologies(view, group)),
        timeline=past,
        unread=unread(view, _LACKING),
        is_complete=bool(found) and is_complete(view, partitions, is_found=True),
    )


def _head(view: View, group: str) -> dict[str, Any]:
    """Return the row of the group in the list of groups, without what is not known."""
    groups = view.get(Groups)
    if not isinstance(groups, Groups):
        return {}
    rows = groups.rows[groups.rows["group"] == group].astype(object)
    known = rows.where(rows.notna(), None).to_dict("records")
    return known[0] if known else {}


def _members(
    view: View, group: str, partitions: Sequence[LagRow], *, is_shared: bool
) -> tuple[MemberRow, ...] | None:
    members = view.get(Members)
    if not isinstance(members, Members):
        return None
    lags = {} if is_shared else {(row.topic, row.partition): row.lag_records for row in partitions}
    rows = members.rows[members.rows["group"] == group].astype(object)
    made = rows.where(rows.notna(), None).itertuples()
    return tuple(_member(row, lags) for row in made)


def _member(row: Any, lags: Mapping[tuple[str, int | None], int | None]) -> MemberRow:
    own = None if row.assignment is None else tuple((t, int(p)) for t, p in row.assignment)
    behind = [lags.get(each) for each in own or ()]
    known = [lag for lag in behind if lag is not None]
    is_known = own is not None and len(known) == len(behind)
    target = row.target_assignment
    return MemberRow(
        member_id=row.member_id,
        instance_id=row.instance_id,
        client_id=row.client_id,
        client_host=row.client_host,
        rack=row.rack,
        member_epoch=row.member_epoch,
        partitions=own,
        is_settled=None if target is None or own is None else set(target) == set(own),
        lag_records=sum(known) if is_known else None,
    )


def _address(view: View, broker: int | None) -> str | None:
    brokers = view.get(Brokers)
    if not isinstance(brokers, Brokers) or broker is None:
        return None
    rows = brokers.rows[brokers.rows["broker"] == broker]
    return next((f"{row.host}:{row.port}" for row in rows.itertuples()), None)


def _generation(head: Mapping[str, Any], past: Timeline | None) -> int | None:
    if head.get("type") != _CLASSIC:
        return head.get("group_epoch")
    done = [each.generation for each in past.rebalances] if past else []
    return done[-1] if done else None


def _empty_since(view: View, group: str, members: Sequence[MemberRow] | None) -> datetime | None:
    past = view.get(GroupPast)
    if not isinstance(past, GroupPast) or members is None or members:
        return None
    rows = past.rows[past.rows["group"] == group]["emptied_at"].dropna()
    return rows.iloc[0].to_pydatetime() if len(rows) else None


def _subtopologies(view: View, group: str) -> Iterator[Subtopology]:
    held = view.get(StreamsTopologies)
    if isinstance(held, StreamsTopologies):
        for row in held.rows[held.rows["group"] == group].itertuples():
            internal = (*row.repartition_source_topics, *row.changelog_topics)
            yield Subtopology(
                subtopology=row.subtopology,
                source_topics=tuple(row.source_topics),
                internal_topics=tuple(dict.fromkeys(internal)),
            )
