"""One group on one topic, with all that the rules of the triage look at, as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kdiag.analysis.lag import GROWTH_RATIO, OLD_SECONDS, RHYTHM_RATIO, PartitionLag
from kdiag.sections import GenerationHistory, Members, PastMember

_STEADY_RATIO = 1.1

Key = tuple[str, str]
"""Group and topic."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the group. topics: what it subscribes to; None where that is not known.

    session_timeout_seconds: as the history says, None without.
    """

    member_id: str
    instance_id: str | None
    topics: frozenset[str] | None
    partitions: tuple[tuple[str, int], ...] | None
    session_timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A partition as the group sees it; None where something is not known.

    behind: with a backlog older than OLD_SECONDS. frozen: and silent for longer than its rhythm
    allows. moving: its committed offset advanced within its rhythm. held: the committed offset is
    the last stable offset, which stands. losing: more is written than read. is_measured: over a
    window as long as the rhythm of its commits needs, not between two samples.
    """

    partition: int
    lag_records: int
    behind: bool
    frozen: bool
    moving: bool
    losing: bool
    held: bool
    produced_per_second: float
    consumed_per_second: float
    is_measured: bool
    stands_seconds: float | None
    repeats: int
    longest_gap_seconds: float | None
    owner: Member | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A group and topic that is behind. advancing: ids of the members that move on anything."""

    key: Key
    state: str
    protocol_type: str
    written_lately: bool
    oldest_unread_seconds: float
    parts: tuple[Part, ...]
    members: tuple[Member, ...]
    advancing: frozenset[str]
    baseline_per_second: float | None = None
    empty_seconds: float | None = None
    empty_count: int = 0
    longest_empty_seconds: float | None = None

    @property
    def produced_per_second(self) -> float:
        """Return what is written to all partitions."""
        return sum(part.produced_per_second for part in self.parts)

    @property
    def consumed_per_second(self) -> float:
        """Return what is read from all partitions."""
        return sum(part.consumed_per_second for part in self.parts)

    @property
    def has_history(self) -> bool:
        """Tell whether the commits of the past are known, of some partition."""
        return any(part.stands_seconds is not None for part in self.parts)

    def only(self, name: str) -> tuple[Part, ...]:
        """Return the partitions that are `behind`, `frozen`, `moving`, `losing` or `held`."""
        return tuple(part for part in self.parts if getattr(part, name))


@dataclass
class Casebook:
    """Makes the cases of some groups and topics; what several of them need is looked up once."""

    lag: PartitionLag
    members: Members
    generations: GenerationHistory | None
    groups: set[str]
    _members: dict[str, tuple[Member, ...]] = field(init=False)
    _parts: dict[Key, list[Part]] = field(init=False)
    _by_group: dict[str, list[list[Part]]] = field(init=False)

    def __post_init__(self) -> None:
        timeouts = _session_timeouts(self.generations, self.groups)
        self._members = _members(self.members, self.groups, timeouts)
        self._parts = self._all_parts()
        self._by_group = {}
        for (group, _), parts in self._parts.items():
            self._by_group.setdefault(group, []).append(parts)

    def _all_parts(self) -> dict[Key, list[Part]]:
        owners = {
            (group, topic, number): member
            for group, members in self._members.items()
            for member in members
            for topic, number in member.partitions or ()
        }
        rows = self.lag.rows[self.lag.rows["group"].isin(self.groups)].astype(object)
        rows = rows.where(rows.notna(), None)
        found: dict[Key, list[Part]] = {}
        for row in rows.itertuples():
            owner = owners.get((row.group, row.topic, int(row.partition)))
            found.setdefault((row.group, row.topic), []).append(_part(row, owner))
        return found

    def case(self, row: Any, **more: Any) -> Case:
        """Return the case of one row a group and topic."""
        parts, mine = self._parts[(row.group, row.topic)], self._by_group[row.group]
        return Case(
            key=(row.group, row.topic),
            state=row.state or "",
            protocol_type=row.protocol_type,
            written_lately=bool(row.written_lately),
            oldest_unread_seconds=float(row.oldest_unread_seconds),
            parts=tuple(parts),
            members=self._members.get(row.group, ()),
            advancing=frozenset(
                part.owner.member_id
                for each in mine
                for part in each
                if part.moving and part.owner is not None
            ),
            **more,
        )


def _part(row: Any, owner: Member | None) -> Part:
    """Return what a row says; what is not known is None in it."""
    stands = row.stands_seconds
    rhythm = max(OLD_SECONDS, RHYTHM_RATIO * (row.usual_gap_seconds or 0.0))
    moved = _is_less(row.committed_before, row.committed_offset)
    produced, consumed = row.produced_per_second or 0.0, row.consumed_per_second or 0.0
    behind = (row.oldest_unread_seconds or 0.0) >= OLD_SECONDS
    frozen = behind and not moved and (stands is None or stands >= rhythm)
    ratio = _STEADY_RATIO if row.rates_from == "history" else GROWTH_RATIO
    return Part(
        partition=row.partition,
        lag_records=row.lag_records,
        behind=behind,
        frozen=frozen,
        moving=moved or (stands is not None and stands < rhythm and consumed > 0),
        losing=behind and not frozen and produced > ratio * consumed and row.rises,
        held=_is_held(row),
        produced_per_second=produced,
        consumed_per_second=consumed,
        is_measured=row.rates_from == "history",
        stands_seconds=stands,
        repeats=row.repeats or 0,
        longest_gap_seconds=row.longest_gap_seconds,
        owner=owner,
    )


def _is_held(row: Any) -> bool:
    """Tell whether a group stands at the last stable offset, which stands below the end.

    Or right before it: the marker of the transaction before takes an offset, and a client that
    commits record + 1 never commits that one.
    """
    stable = row.last_stable_offset
    if stable is None or stable != row.last_stable_before:
        return False
    return row.committed_offset in (stable, stable - 1) and _is_less(stable, row.end_offset)


def _is_less(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other


def _session_timeouts(
    generations: GenerationHistory | None, groups: set[str]
) -> dict[tuple[str, str], float]:
    """Return (group, member id) → session timeout in seconds, as last recorded."""
    if generations is None:
        return {}
    rows = generations.rows[generations.rows["group"].isin(groups)]
    return {
        (group, past.member_id): past.session_timeout_ms / 1000
        for group, members in zip(rows["group"], rows["members"], strict=True)
        for past in (PastMember(*each) for each in members or ())
    }


def _members(
    members: Members, groups: set[str], timeouts: Mapping[tuple[str, str], float]
) -> dict[str, tuple[Member, ...]]:
    found: dict[str, list[Member]] = {}
    for row in members.rows[members.rows["group"].isin(groups)].itertuples():
        member = Member(
            member_id=row.member_id,
            instance_id=row.instance_id,
            topics=None if row.subscription is None else frozenset(row.subscription),
            partitions=row.assignment,
            session_timeout_seconds=timeouts.get((row.group, row.member_id)),
        )
        found.setdefault(row.group, []).append(member)
    return {group: tuple(each) for group, each in found.items()}


def cases(
    casebook: Casebook, rows: Any, details: Mapping[str, Mapping[str, Any]]
) -> Iterator[Case]:
    """Yield the case of each row; details: topic or group → what else is known of it."""
    for row in rows.itertuples():
        more = {**details.get(f"topic {row.topic}", {}), **details.get(f"group {row.group}", {})}
        yield casebook.case(row, **more)
