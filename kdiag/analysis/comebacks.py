"""Clients that were members again and again, and what made them leave each time."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from kdiag.analysis.silences import Silences

TIMES = 3
"""Stays of one client that were seen from begin to end: a deploy and its rollback make two."""

_LATE_SECONDS = 1.0
_SHARE = 0.8
_BATCH_RATIO = 1.5
_HOUR = timedelta(hours=1)
_MOST = timedelta(hours=12)
_INTERVALS = 6
_PAUSE_SECONDS = 60.0
_PAUSE_RATIO = 3


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a client in its group, seen from begin to end.

    away_seconds: until it came back; 0 where its successor took its place within one rebalance,
    None where it has not come back. silent_seconds: see Silences.
    """

    began_at: datetime
    ended_at: datetime
    away_seconds: float | None
    silent_seconds: float | None
    emptied_group: bool
    is_same_member: bool

    @property
    def seconds(self) -> float:
        """Return how long it lasted."""
        return (self.ended_at - self.began_at).total_seconds()


@dataclass(frozen=True)
class Comeback:
    """A client that left and came back at least TIMES times, and is still at it.

    why: poll-eviction, session-loss, restart, job, or None where it cannot be told. is_certain: the
    commits confirm it. first_at: end of its first stay of this series, as far as the history
    reaches. is_idle: records waited in all of its last TIMES stays, and it committed none of them.
    """

    client: tuple[str, ...]
    stays: tuple[Stay, ...]
    rebalance_timeout_seconds: float | None
    session_timeout_seconds: float | None
    is_idle: bool = False

    @property
    def first_at(self) -> datetime:
        """Return when it left for the first time."""
        return self.stays[0].ended_at

    @property
    def last_at(self) -> datetime:
        """Return when it left for the last time."""
        return self.stays[-1].ended_at

    @property
    def lasted_seconds(self) -> float:
        """Return how long its stays last."""
        return median(stay.seconds for stay in self.stays)

    @property
    def away_seconds(self) -> float | None:
        """Return how long it is away in between."""
        known = [stay.away_seconds for stay in self.stays if stay.away_seconds is not None]
        return median(known) if known else None

    @property
    def silent_seconds(self) -> float | None:
        """Return how long its partitions are silent before it leaves."""
        known = [stay.silent_seconds for stay in self.stays if stay.silent_seconds is not None]
        return median(known) if 2 * len(known) >= len(self.stays) else None

    @property
    def is_certain(self) -> bool:
        """Tell whether commits confirm why it leaves."""
        return self.silent_seconds is not None

    @property
    def why(self) -> str | None:
        """Return what makes it leave."""
        if self._exceeds_its_interval():
            return "poll-eviction"
        why = self._by_silence()
        if why == "restart" and self._is_a_job():
            return "job"
        return why

    def _exceeds_its_interval(self) -> bool:
        """Tell whether no stay is shorter than max.poll.interval.ms, and why that is no chance.

        The client itself leaves that long after its last poll (KIP-62). One of the consumer
        protocol keeps its member id; where it leaves with its next poll only (librdkafka), it
        commits before, and joins again at once.
        """
        interval = self.rebalance_timeout_seconds
        if interval is None:
            return False
        least = interval - max(_LATE_SECONDS, 0.05 * interval)
        if sum(stay.seconds >= least for stay in self.stays) < _SHARE * len(self.stays):
            return False
        if self._is_same_member and (self.away_seconds or 0.0) < _LATE_SECONDS:
            return True
        if self.silent_seconds is not None:
            return self.silent_seconds >= _SHARE * interval
        return self.lasted_seconds <= _BATCH_RATIO * interval

    @property
    def _is_same_member(self) -> bool:
        """Tell whether it keeps its member id, which it does until its process ends (KIP-1082)."""
        return all(stay.is_same_member for stay in self.stays)

    def _by_silence(self) -> str | None:
        """Tell a session that ended from a client that left in order or was started anew."""
        session = self.session_timeout_seconds
        if session is None:
            return None if self._is_same_member else "restart"
        in_place = sum(stay.away_seconds == 0 for stay in self.stays)
        is_replaced = 2 * in_place >= len(self.stays)
        silent = self.silent_seconds
        if silent is not None:
            return "session-loss" if silent >= _SHARE * session and not is_replaced else "restart"
        if is_replaced or self.lasted_seconds < _SHARE * session:
            return "restart"
        return None

    def _is_a_job(self) -> bool:
        """Tell whether it is a job that comes and goes: its group is empty most of the time.

        A job that does nothing of its work, time after time, fails at its start.
        """
        if self.is_idle:
            return False
        emptied = sum(stay.emptied_group for stay in self.stays)
        away = self.away_seconds
        return away is not None and 2 * emptied >= len(self.stays) and away >= self.lasted_seconds


def comebacks(
    lives: Sequence[Any], silences: Silences, now: datetime, standing_seconds: float = 0.0
) -> Iterator[Comeback]:
    """Yield the clients of one group that come back again and again.

    lives: rows of MemberLives of the group. now: when the groups were described. standing_seconds:
    for how long records have waited for the group and no offset of it has moved.
    """
    by_client: dict[tuple[str, ...], list[Any]] = {}
    for life in lives:
        if life.ending not in ("converted", "replaced") and life.began_at == life.began_at:
            by_client.setdefault(_client(life), []).append(life)
    for client, each in by_client.items():
        whole = sorted(
            (life for life in each if life.ended_at == life.ended_at),
            key=lambda life: life.ended_at,
        )
        if len(whole) < TIMES:
            continue
        interval, session = (
            None if value != value else float(value)
            for value in (whole[-1].rebalance_timeout_seconds, whole[-1].session_timeout_seconds)
        )
        series = whole[_begin([life.ended_at for life in whole], interval, now) :]
        if len(series) >= TIMES:
            made = tuple(_stays(series, each, silences))
            is_idle = (now - made[-TIMES].began_at).total_seconds() <= standing_seconds
            found = Comeback(client, made, interval, session, is_idle)
            if found.why == "poll-eviction" or now - series[-TIMES].ended_at <= _HOUR:
                yield found


def _client(life: Any) -> tuple[str, ...]:
    if life.instance_id is not None:
        return (life.instance_id,)
    return (life.client_id or "", life.client_host or "")


def _stays(series: Sequence[Any], lives: Sequence[Any], silences: Silences) -> Iterator[Stay]:
    """Yield the stays of a series; the next life of the client is its return."""
    ordered = sorted(lives, key=lambda life: life.began_at)
    begins = [life.began_at for life in ordered]
    for life in series:
        after = bisect_left(begins, life.ended_at)
        following = ordered[after] if after < len(ordered) else None
        away = None if following is None else following.began_at - life.ended_at
        yield Stay(
            began_at=life.began_at,
            ended_at=life.ended_at,
            away_seconds=None if away is None else away.total_seconds(),
            silent_seconds=_silence(life, silences),
            emptied_group=bool(life.emptied_group),
            is_same_member=following is None or following.member_id == life.member_id,
        )


def _silence(life: Any, silences: Silences) -> float | None:
    """Return how long partitions were silent at its end, where its timeouts are known."""
    timeouts = (life.rebalance_timeout_seconds, life.session_timeout_seconds)
    known = [each for each in timeouts if each == each]
    if not known:
        return None
    return silences.before(life.group, life.began_at, life.ended_at, min(known))


def _begin(ends: Sequence[datetime], interval: float | None, now: datetime) -> int:
    """Return where the last series without a pause begins; past the end if there is none now."""
    recent = sum(now - at <= _lately(interval) for at in ends)
    if recent < TIMES:
        return len(ends)
    gaps = [(b - a).total_seconds() for a, b in pairwise(ends)]
    pause = max(_PAUSE_SECONDS, _PAUSE_RATIO * median(gaps[-recent + 1 :]))
    if (now - ends[-1]).total_seconds() > pause:
        return len(ends)
    first = len(ends) - 1
    while first > 0 and gaps[first - 1] <= pause:
        first -= 1
    return first


def _lately(interval: float | None) -> timedelta:
    """Return how far back a series may be looked for: an hour, or some poll intervals."""
    long = timedelta(seconds=_INTERVALS * (interval or 0.0))
    return min(max(_HOUR, long), _MOST)
