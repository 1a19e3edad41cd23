"""One group on one topic, with all that the rules of the triage look at, as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from kdiag.analysis.lag import (
    GROWTH_RATIO,
    OLD_SECONDS,
    RARE_COMMIT_SECONDS,
    RHYTHM_RATIO,
    PartitionLag,
    gap_known,
)
from kdiag.sections import GenerationHistory, Members, PastMember

_STEADY_RATIO = 1.1

_FEWEST_SAMPLES = 2.0
"""How many times as long as the time between two samples the rhythm of commits may be: over less
than half of it, a client that keeps up shows no progress at all."""

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


class Part(NamedTuple):
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


@dataclass(frozen=True)
class Case:
    """A group and topic that is behind.

    advancing: ids of the members that move on anything. aborted_seconds: partition → for how long
    all transactions on it were aborted (see AbortedWrites). file_records, file_seconds: the group
    is that of a sink that commits when it closes a file, after so many records or so long.
    """

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
    file_records: int = 0
    file_seconds: float = 0.0
    aborted_seconds: Mapping[int, float] = field(default_factory=dict)

    @cached_property
    def produced_per_second(self) -> float:
        """What is written to all partitions."""
        return sum(part.produced_per_second for part in self.parts)

    @cached_property
    def consumed_per_second(self) -> float:
        """What is read from all partitions."""
        return sum(part.consumed_per_second for part in self.parts)

    @cached_property
    def has_history(self) -> bool:
        """Whether the commits of the past are known, of some partition."""
        return any(part.stands_seconds is not None for part in self.parts)

    @cached_property
    def behind(self) -> tuple[Part, ...]:
        """The partitions with an old backlog."""
        return tuple(part for part in self.parts if part.behind)

    @cached_property
    def frozen(self) -> tuple[Part, ...]:
        """Those that stand, of `behind`."""
        return tuple(part for part in self.behind if part.frozen)

    @cached_property
    def losing(self) -> tuple[Part, ...]:
        """Those that lose ground, of `behind`."""
        return tuple(part for part in self.behind if part.losing)

    @cached_property
    def moving(self) -> tuple[Part, ...]:
        """The partitions that are read."""
        return tuple(part for part in self.parts if part.moving)


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
        rows = self.lag.rows[self.lag.rows["group"].isin(self.groups)]
        places = zip(rows["group"], rows["topic"], rows["partition"], strict=True)
        found: dict[Key, list[Part]] = {}
        for place, values in zip(places, _parts(rows), strict=True):
            found.setdefault(place[:2], []).append(Part._make((*values, owners.get(place))))
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


def _parts(rows: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the fields of each partition but its owner; what is not known is None in it."""
    stands, gap = rows["stands_seconds"], gap_known(rows)
    is_measured = rows["rates_from"] != "samples"
    produced = rows["produced_per_second"].fillna(0.0)
    consumed = rows["consumed_per_second"].fillna(0.0)
    rhythm = (RHYTHM_RATIO * gap.fillna(0.0)).clip(lower=OLD_SECONDS)
    moved = _is(rows["committed_before"] < rows["committed_offset"])
    behind = rows["oldest_unread_seconds"] >= OLD_SECONDS
    frozen = behind & ~moved & (stands.isna() | (stands >= rhythm))
    ratio = is_measured.map({True: _STEADY_RATIO, False: GROWTH_RATIO}).astype("float64")
    rarest = gap.fillna(RARE_COMMIT_SECONDS).where(stands.notna())
    is_told = is_measured | ~(rarest > _FEWEST_SAMPLES * rows["over_seconds"])
    columns = (
        rows["partition"],
        rows["lag_records"],
        behind,
        frozen,
        moved | ((stands < rhythm) & (consumed > 0)),
        behind & ~frozen & is_told & (produced > ratio * consumed) & rows["rises"],
        _is_held(rows),
        produced,
        consumed,
        is_measured,
        _or_none(stands),
        rows["repeats"].fillna(0),
        _or_none(rows["longest_gap_seconds"]),
    )
    return zip(*(column.tolist() for column in columns), strict=True)


def _is_held(rows: Any) -> Any:
    """Tell where a group stands at the last stable offset, which stands below the end.

    Or right before it: the marker of the transaction before takes an offset, and a client that
    commits record + 1 never commits that one.
    """
    stable = rows["last_stable_offset"]
    stands = stable - rows["committed_offset"]
    is_there = (stands == 0) | (stands == 1)
    return _is((stable == rows["last_stable_before"]) & is_there & (stable < rows["end_offset"]))


def _is(column: Any) -> Any:
    """Return what is known to be so."""
    return column.fillna(False).astype("bool")


def _or_none(column: Any) -> Any:
    return column.astype(object).where(column.notna(), None)


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
