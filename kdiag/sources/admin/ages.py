"""How old the oldest unread record is: end offsets of the past, bisected by time.

ListOffsets by timestamp returns the first offset that is at least as young. Where it lies above a
committed offset, an unread record is older than that; else none is. So a handful of requests to
each leader, the same for one partition or ten thousand, closes in on the age from both sides, and
no record is read. Timestamps are those of the records: a producer's clock unless the topic uses
LogAppendTime.

What a Prometheus has stored of where logs ended takes the place of requests, within what the first
two ages tell. It goes by when records were written, not by their timestamps, which may be far older
(a mirrored or replayed topic): so both ends of an interval are asked of brokers, and where these
say otherwise, only brokers are believed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from kdiag.sections import Commits, EndOffsetHistory, Members, Offsets, PastEnds, ShareOffsets
from kdiag.snapshot import Missing
from kdiag.sources.admin.age_search import FIRST_AGES_SECONDS, Search, lacking
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.offsets import list_at, offset_of
from kdiag.sources.prometheus.samples import Key, Known
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

GRID_SECONDS = (60.0, 120.0, 300.0, 1800.0, 3600.0)
"""Asked then, for partitions of topics with an old backlog: what was written, and when."""

PAST_AGES_SECONDS = (3600.0, 86400.0, 7 * 86400.0)
"""Asked for every partition where growth is wanted: an hour, a day, a week."""

_STEPS = 16

_OWNED = ("group", "topic", "partition")

LookBack = Callable[
    [Mapping[Key, Known], datetime, datetime], Awaitable[list[tuple[Key, datetime, int]]]
]
"""Of what is known, the time of its `old`, and now: where logs ended at which times."""


async def read_end_offset_history(
    wire: Wire,
    registered: Registered,
    commits: Commits,
    shared: ShareOffsets,
    ends: Offsets,
    until: float,
    look_back: LookBack | None = None,
    members: Members | None = None,
) -> EndOffsetHistory:
    """Ask for end offsets of the past, of partitions where some group is behind.

    And of topics of which one of the members owns a partition that its group has not committed, at
    fixed ages.

    until: of time.monotonic(), in seconds; what is not known then stays a wider interval. Intervals
    end within 2 s or 10 % of the age. look_back: asks who has stored them; the time that it takes
    does not count.
    """
    now, searches = datetime.now(UTC), _searches(commits, shared, ends)
    errors: dict[str, Missing] = {}
    for age in FIRST_AGES_SECONDS:
        errors |= await _probe(wire, registered, searches, dict.fromkeys(searches, age), now)
    topics = {topic for (topic, _), search in searches.items() if search.is_old()}
    topics |= set() if members is None else _uncommitted(members, commits, ends)
    searches |= _neighbours(topics, ends, searches)
    old = {key: search for key, search in searches.items() if key[0] in topics}
    for age in (*FIRST_AGES_SECONDS, *GRID_SECONDS):
        if look_back is not None and old and age == GRID_SECONDS[0]:
            began = time.monotonic()
            await _recall(look_back, old, now)
            until += time.monotonic() - began
        wanted = lacking(old, age)
        if wanted and time.monotonic() < until:
            errors |= await _probe(wire, registered, searches, dict.fromkeys(wanted, age), now)
    for _ in range(_STEPS):
        next_ages = {key: search.next_age() for key, search in searches.items()}
        ages = {key: each for key, each in next_ages.items() if each is not None}
        if not ages or time.monotonic() >= until:
            break
        errors |= await _probe(wire, registered, searches, ages, now)
    await tables_ready()
    return _table(searches, now, errors)


async def read_past_ends(wire: Wire, registered: Registered) -> PastEnds:
    """Ask for end offsets of the past, of all partitions: three requests to each leader at once."""
    now = datetime.now(UTC)
    keys = [(topic, partition) for topic, partition, _ in registered.leaders()]
    asked = [now - timedelta(seconds=age) for age in PAST_AGES_SECONDS]
    answers = await asyncio.gather(
        *(list_at(wire, registered, dict.fromkeys(keys, at)) for at in asked)
    )
    rows = [
        (*key, age, offset_of(row))
        for age, (told, _) in zip(PAST_AGES_SECONDS, answers, strict=True)
        for key, row in told.items()
        if not row.error_code
    ]
    errors = {target: each for _, failed in answers for target, each in failed.items()}
    await tables_ready()
    values = list(zip(*rows, strict=True)) or [()] * len(PastEnds.columns)
    return PastEnds.of(dict(zip(PastEnds.columns, values, strict=True)), read_at=now, errors=errors)


def _searches(commits: Commits, shared: ShareOffsets, ends: Offsets) -> dict[Key, Search]:
    """Return one search a partition with positions of groups below its end, the lowest first.

    The start offset of a share group that has no lag stands for nothing.
    """
    import pandas

    key = ["topic", "partition"]
    behind = shared.rows[(shared.rows["lag_records"] != 0).fillna(True)]
    starts = behind[[*key, "start_offset"]].rename(columns={"start_offset": "committed_offset"})
    known = pandas.concat([commits.rows[[*key, "committed_offset"]], starts])
    known = known.dropna().drop_duplicates()
    logs = ends.rows[[*key, "log_start_offset", "end_offset"]].dropna()
    joined = known.merge(logs, on=key)
    behind = joined[joined["committed_offset"] < joined["end_offset"]]
    position = behind[["committed_offset", "log_start_offset"]].max(axis=1)
    columns = (behind["topic"], behind["partition"], behind["end_offset"], position)
    searches: dict[Key, Search] = {}
    for topic, number, end, offset in sorted(
        zip(*(column.tolist() for column in columns), strict=True), key=lambda row: row[-1]
    ):
        searches.setdefault((topic, number), Search(end)).wanted.append(offset)
    return searches


def _uncommitted(members: Members, commits: Commits, ends: Offsets) -> set[str]:
    """Return the topics with records in a partition that is owned and not committed."""
    committed = set(zip(*(commits.rows[name].tolist() for name in _OWNED), strict=True))
    assigned = zip(members.rows["group"], members.rows["assignment"], strict=True)
    found = {
        (topic, number)
        for group, pairs in assigned
        for topic, number in pairs or ()
        if (group, topic, number) not in committed
    }
    held = ends.rows[ends.rows["end_offset"].gt(ends.rows["log_start_offset"]).fillna(False)]
    keys = zip(held["topic"].tolist(), held["partition"].tolist(), strict=True)
    return {topic for topic, number in keys if (topic, number) in found} if found else set()


def _neighbours(
    topics: set[str], ends: Offsets, searches: Mapping[Key, Search]
) -> dict[Key, Search]:
    """Return searches for the other partitions of some topics, to compare with."""
    rows = ends.rows[ends.rows["topic"].isin(topics) & ends.rows["end_offset"].notna()]
    columns = (rows["topic"].tolist(), rows["partition"].tolist(), rows["end_offset"].tolist())
    others = {(topic, number): Search(end) for topic, number, end in zip(*columns, strict=True)}
    return {key: search for key, search in others.items() if key not in searches}


async def _probe(
    wire: Wire,
    registered: Registered,
    searches: Mapping[Key, Search],
    ages: Mapping[Key, float],
    now: datetime,
) -> dict[str, Missing]:
    """Ask for one age of each partition and note what is told."""
    times = {key: now - timedelta(seconds=age) for key, age in ages.items()}
    told, errors = await list_at(wire, registered, times)
    for key, age in ages.items():
        row = told.get(key)
        if row is None or row.error_code:
            searches[key].wanted.clear()
            searches[key].is_refused = True
        else:
            searches[key].learn(age, searches[key].end_offset if row.offset < 0 else row.offset)
    return errors


async def _recall(look_back: LookBack, searches: Mapping[Key, Search], now: datetime) -> None:
    """Note what is stored of where logs ended."""
    young, old = FIRST_AGES_SECONDS
    known = {
        key: Known(search.ends[young], search.ends[old], search.end_offset)
        for key, search in searches.items()
        if young in search.ends and old in search.ends
    }
    for key, at, end in await look_back(known, now - timedelta(seconds=old), now):
        age = (now - at).total_seconds()
        if key in known and age > young:
            searches[key].stored[age] = end


def _table(
    searches: Mapping[Key, Search], now: datetime, errors: Mapping[str, Missing]
) -> EndOffsetHistory:
    rows = [
        (topic, partition, age, end)
        for (topic, partition), search in searches.items()
        for age, end in sorted(search.known().items())
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
