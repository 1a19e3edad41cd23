"""How old the oldest unread record is: end offsets of the past, bisected by time.

ListOffsets by timestamp returns the first offset that is at least as young. Where it lies above a
committed offset, an unread record is older than that; else none is. So a handful of requests to
each leader, the same for one partition or ten thousand, closes in on the age from both sides, and
no record is read. Timestamps are those of the records: a producer's clock unless the topic uses
LogAppendTime.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import NamedTuple

from kdiag.sections import EndOffsetHistory
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.offsets import list_at
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

FIRST_AGES_SECONDS = (30.0, 600.0)
"""Asked for every partition: OLD_SECONDS and STALE_SECONDS of kdiag.analysis.lag."""

_STEPS = 16
_GROWTH = 6
_OLDEST_SECONDS = 20 * 365 * 86400.0
_EXACT_SECONDS = 2.0
_EXACT_RATIO = 1.1

Key = tuple[str, int]


class Backlog(NamedTuple):
    """A committed offset below the end of its partition."""

    topic: str
    partition: int
    committed_offset: int
    end_offset: int


@dataclass
class _Search:
    """What is known of one partition: end offsets at ages, and the offsets that are looked for."""

    end_offset: int
    wanted: list[int] = field(default_factory=list)
    ends: dict[float, int] = field(default_factory=dict)

    def next_age(self) -> float | None:
        """Return the age that narrows the first interval which is still wide; None if none is."""
        for offset in self.wanted:
            low, high = self.interval(offset)
            if high is None:
                if low < _OLDEST_SECONDS:
                    return min(max(low, FIRST_AGES_SECONDS[0]) * _GROWTH, _OLDEST_SECONDS)
            elif high - low > _EXACT_SECONDS and high > low * _EXACT_RATIO:
                return sqrt(max(low, 1.0) * high)
        return None

    def interval(self, offset: int) -> tuple[float, float | None]:
        """Return the bounds of the age of the record at an offset, in seconds."""
        low = max((age for age, end in self.ends.items() if end > offset), default=0.0)
        younger = (age for age, end in self.ends.items() if end <= offset and age > low)
        return low, min(younger, default=None)


async def read_end_offset_history(
    wire: Wire, registered: Registered, backlogs: Sequence[Backlog], until: float
) -> EndOffsetHistory:
    """Ask for end offsets of the past until every interval is narrow, or the time is up.

    until: of time.monotonic(), in seconds. Intervals end within 2 s or 10 % of the age.
    """
    now, searches = datetime.now(UTC), _searches(backlogs)
    errors: dict[str, Missing] = {}
    for age in FIRST_AGES_SECONDS:
        errors |= await _probe(wire, registered, searches, dict.fromkeys(searches, age), now)
    for _ in range(_STEPS):
        wanted = {key: search.next_age() for key, search in searches.items()}
        ages = {key: each for key, each in wanted.items() if each is not None}
        if not ages or time.monotonic() >= until:
            break
        errors |= await _probe(wire, registered, searches, ages, now)
    await tables_ready()
    return _table(searches, now, errors)


def _searches(backlogs: Sequence[Backlog]) -> dict[Key, _Search]:
    """Return one search a partition, for its oldest backlog first."""
    searches: dict[Key, _Search] = {}
    for backlog in sorted(backlogs, key=lambda each: each.committed_offset):
        key = (backlog.topic, backlog.partition)
        search = searches.setdefault(key, _Search(backlog.end_offset))
        search.wanted.append(backlog.committed_offset)
    return searches


async def _probe(
    wire: Wire,
    registered: Registered,
    searches: Mapping[Key, _Search],
    ages: Mapping[Key, float],
    now: datetime,
) -> dict[str, Missing]:
    """Ask for one age of each partition and note what is told."""
    times = {key: now - timedelta(seconds=age) for key, age in ages.items()}
    told, errors = await list_at(wire, registered, times)
    for key, age in ages.items():
        offset, code = told.get(key, (0, -1))
        if code:
            searches[key].wanted.clear()
        else:
            searches[key].ends[age] = searches[key].end_offset if offset < 0 else offset
    return errors


def _table(
    searches: Mapping[Key, _Search], now: datetime, errors: Mapping[str, Missing]
) -> EndOffsetHistory:
    rows = [
        (topic, partition, age, end)
        for (topic, partition), search in searches.items()
        for age, end in sorted(search.ends.items())
    ]
    return EndOffsetHistory.of(
        {
            "topic": [topic for topic, _, _, _ in rows],
            "partition": [partition for _, partition, _, _ in rows],
            "at": [now - timedelta(seconds=age) for _, _, age, _ in rows],
            "age_seconds": [age for _, _, age, _ in rows],
            "end_offset": [end for _, _, _, end in rows],
        },
        read_at=now,
        errors=errors,
    )
