"""What a run says of each broker: pure, from the accounts and from where the topic lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from kdiag.probe.latencies import Latencies, percentile
from kdiag.probe.ledger import Ledger, Tally
from kdiag.probe.placement import Member, Place, Placement

State = Literal["available", "partly", "held-up", "unavailable", "not-probed"]

_TIMES_UP = frozenset({"_MSG_TIMED_OUT", "_TIMED_OUT", "_TIMED_OUT_QUEUE", "REQUEST_TIMED_OUT"})
_LOCAL = "_"


@dataclass(frozen=True)
class Times:
    """Percentiles of some durations, in seconds."""

    p50_seconds: float
    p95_seconds: float
    p99_seconds: float
    max_seconds: float


@dataclass(frozen=True)
class BrokerRow:
    """One broker.

    state: available; partly: some records failed, or did not come back; held-up: records timed out
    that had to wait for an in-sync replica on a broker that does not serve; unavailable: none was
    acknowledged, or the cluster itself says that the broker is away; not-probed: it leads no
    partition of the topic. partitions: those that are there for it. unread: acknowledged records
    that were not read back in time; not lost, as far as is known. unknown: records whose fate is
    not known, as the run was stopped. availability_ratio: read back of those whose fate is known.
    """

    broker: int
    state: State
    reason: str | None
    partitions: tuple[int, ...]
    sent: int = 0
    acknowledged: int = 0
    failed: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    received: int = 0
    lost: int = 0
    unread: int = 0
    unknown: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    availability_ratio: float | None = None
    produce: Times | None = None
    roundtrip: Times | None = None


@dataclass(frozen=True)
class Moved:
    """A partition that another broker leads than the one that it is there for."""

    partition: int
    home: int
    leader: int | None


@dataclass(frozen=True, kw_only=True)
class ProbePage:
    """A run. made: what was created for it, in words. made_offsets_topic: by its first commit.

    committed: commits that succeeded; failed_commits: error → those that did not. read_errors:
    error → how often it came in place of a record.
    """

    cluster_id: str | None
    topic: str
    group: str
    run_id: str
    started_at: datetime
    duration_seconds: float
    deadline_seconds: float
    rows: tuple[BrokerRow, ...]
    moved: tuple[Moved, ...]
    committed: int
    failed_commits: Mapping[str, int]
    commit: Times | None
    read_errors: Mapping[str, int]
    made: str
    made_offsets_topic: bool
    is_interrupted: bool

    @property
    def sent(self) -> int:
        """The number of records that were sent."""
        return sum(row.sent for row in self.rows)

    @property
    def is_failing(self) -> bool:
        """Tell whether a broker could not be written to or read from, or no offset committed."""
        bad = {"partly", "held-up", "unavailable"}
        return any(row.state in bad for row in self.rows) or bool(self.failed_commits)

    @property
    def is_whole(self) -> bool:
        """Tell whether every broker was probed."""
        return all(row.state != "not-probed" for row in self.rows)


def times(held: Latencies) -> Times | None:
    """Return the percentiles of values that were kept; None where there are none."""
    told = [percentile(held.values, percent) for percent in (50, 95, 99, 100)]
    return None if None in told else Times(*(each for each in told if each is not None))


def broker_rows(ledger: Ledger, seen: Placement, now: float) -> tuple[BrokerRow, ...]:
    """Return a row for each broker that the cluster knows, and each that records were sent to."""
    unread, unknown = ledger.unread(now), ledger.open()
    known = set(seen.brokers) | set(ledger.tallies)
    return tuple(
        _row(id_, ledger.tallies.get(id_), seen, unread[id_], unknown[id_]) for id_ in sorted(known)
    )


def moved(seen: Placement) -> tuple[Moved, ...]:
    """Return the partitions that are not led by the broker that they are there for."""
    return tuple(
        Moved(place.partition, place.home, place.leader)
        for place in seen.places
        if place.leader != place.home
    )


def _row(id_: int, tally: Tally | None, seen: Placement, unread: int, unknown: int) -> BrokerRow:
    member = seen.brokers.get(id_, Member(gone="it is not registered in the cluster"))
    homes = [place for place in seen.places if place.home == id_]
    partitions = tuple(place.partition for place in homes)
    if tally is None or not tally.sent:
        state: State = "unavailable" if member.gone else "not-probed"
        return BrokerRow(id_, state, member.gone or _why_not_probed(homes), partitions)
    failed = sum(tally.failed.values())
    ended = tally.sent - unknown
    if not ended and not member.gone:
        why = f"it is not known what became of {tally.sent} records"
        return BrokerRow(id_, "not-probed", why, partitions, sent=tally.sent, unknown=unknown)
    away = _away(id_, seen)
    return BrokerRow(
        broker=id_,
        state=_state(tally, member, unread, bool(away)),
        reason=_reason(tally, member, unread, away),
        partitions=partitions,
        sent=tally.sent,
        acknowledged=tally.acknowledged,
        failed=failed,
        errors=dict(tally.failed.most_common()),
        received=tally.received,
        lost=tally.lost,
        unread=unread,
        unknown=unknown,
        duplicated=tally.duplicated,
        out_of_order=tally.out_of_order,
        availability_ratio=tally.received / ended if ended else None,
        produce=times(tally.produce),
        roundtrip=times(tally.roundtrip),
    )


def _why_not_probed(homes: Sequence[Place]) -> str:
    if not homes:
        return "no partition of the topic is there for it (--create adds one)"
    led = ", ".join(f"broker {place.leader} leads {place.partition}" for place in homes)
    return f"it does not lead its partition: {led}"


def _away(id_: int, seen: Placement) -> tuple[int, ...]:
    """Return the other brokers with replicas of what this one leads that do not serve."""
    beside = {other for place in seen.places if place.leader == id_ for other in place.replicas}
    return tuple(
        other
        for other in sorted(beside - {id_})
        if other not in seen.brokers or seen.brokers[other].away
    )


def _state(tally: Tally, member: Member, unread: int, has_away: bool) -> State:
    if member.gone:
        return "unavailable"
    if not tally.failed and not tally.lost and not unread:
        return "available" if tally.received else "unavailable"
    if has_away and set(tally.failed) <= _TIMES_UP and not tally.lost and not unread:
        return "held-up"
    return "partly" if tally.received else "unavailable"


def _reason(tally: Tally, member: Member, unread: int, away: Sequence[int]) -> str | None:
    words = [word for word in (member.gone, member.silent) if word]
    failed = sum(tally.failed.values())
    if failed:
        words.append(f"{failed} of {tally.sent} records failed with {main_error(tally.failed)}")
        if away and set(tally.failed) <= _TIMES_UP:
            listed = ", ".join(map(str, away))
            words.append(f"they had to wait for an in-sync replica on broker {listed}")
    if tally.lost:
        words.append(f"{tally.lost} acknowledged records are lost")
    if unread:
        words.append(f"{unread} acknowledged records could not be read back in time")
    return "; ".join(words) or None


def main_error(errors: Mapping[str, int]) -> str:
    """Return the error to name: the broker's own before those of the client, then the usual one."""
    return min(errors, key=lambda name: (name.startswith(_LOCAL), -errors[name]))
