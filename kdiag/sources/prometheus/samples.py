"""What an answer says: where groups stood and where logs ended, as each exporter saw it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from kdiag.sources.prometheus.asking import Row
from kdiag.sources.prometheus.dialects import (
    AT,
    COMMITTED,
    END,
    NEWEST,
    OLDEST,
    TWICE,
    Dialect,
)

Key = tuple[str, int]
Place = tuple[str, str, int]

_ONE_SCRAPE_SECONDS = 2.0


class Known(NamedTuple):
    """What the brokers say of a partition: where it ended half a minute ago, ten ago, and ends."""

    young: int
    old: int
    end: int


@dataclass(frozen=True)
class Sample:
    """Positions at one time. origin: who told them. at: POSIX time. committed: by place."""

    origin: tuple[str, ...]
    at: float
    committed: Mapping[Place, int]
    ends: Mapping[Key, int]


@dataclass
class _Told:
    """What one exporter told, of one cluster."""

    committed: dict[Place, int] = field(default_factory=dict)
    ends: dict[Key, int] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)

    def at(self) -> float | None:
        """Return when the positions were read; None where they are not of one time."""
        if AT in self.times:
            return self.times[AT]
        oldest, newest = self.times.get(OLDEST), self.times.get(NEWEST)
        if oldest is None or newest is None or newest - oldest > _ONE_SCRAPE_SECONDS:
            return None
        return oldest


def samples(dialect: Dialect, rows: Iterable[Row]) -> list[Sample]:
    """Return what each exporter saw, the one that saw most first."""
    told: dict[tuple[str, ...], _Told] = {}
    for row in rows:
        if row.labels.get("part") != TWICE:
            origin = tuple(row.labels.get(name, "") for name in dialect.origin)
            _add(told.setdefault(origin, _Told()), dialect, row)
    found = [
        Sample(origin, at, _offsets(one, dialect), one.ends)
        for origin, one in told.items()
        if (at := one.at()) is not None and one.ends
    ]
    return sorted(found, key=lambda one: (len(one.committed), len(one.ends), one.at), reverse=True)


def _add(told: _Told, dialect: Dialect, row: Row) -> None:
    group, topic, partition = (row.labels.get(name, "") for name in dialect.labels)
    part = row.labels.get("part", "")
    if part in (AT, OLDEST, NEWEST):
        told.times[part] = row.value
    elif part == END and partition.isdecimal():
        told.ends[topic, int(partition)] = int(row.value)
    elif part == COMMITTED and partition.isdecimal():
        told.committed[group, topic, int(partition)] = int(row.value)


def _offsets(told: _Told, dialect: Dialect) -> dict[Place, int]:
    """Return the committed offsets; where only the lag is told, the end less the lag."""
    if not dialect.is_lag:
        return told.committed
    return {
        place: told.ends[place[1:]] - lag
        for place, lag in told.committed.items()
        if place[1:] in told.ends
    }


Names = tuple[str, str]
"""`group` or `topic`, and its name."""


def twice(dialect: Dialect, rows: Iterable[Row]) -> Iterator[Names]:
    """Yield the groups and topics of which some series is there more than once."""
    for row in rows:
        if row.labels.get("part") == TWICE:
            for kind, label in zip(("group", "topic"), dialect.labels, strict=False):
                if label in row.labels:
                    yield kind, row.labels[label]


def without(names: Collection[Names], found: Iterable[Sample]) -> list[Sample]:
    """Return the samples without some groups and topics."""
    groups, topics = ({name for kind, name in names if kind == what} for what in ("group", "topic"))
    return [
        replace(
            one,
            committed={p: o for p, o in one.committed.items() if p[0] not in groups},
            ends={key: end for key, end in one.ends.items() if key[0] not in topics},
        )
        for one in found
    ]


def contradiction(newest: Sample, known: Mapping[Key, Known], old_at: float) -> str | None:
    """Return why a sample cannot be of this cluster; None where all of it fits.

    Where a log ended within the last minutes lies between two offsets that the brokers tell: where
    it ended at `old_at`, before the sample, and where it ends now. Logs only grow.
    """
    if newest.at < old_at:
        return "told nothing of the last minutes"
    compared = sorted(newest.ends.keys() & known.keys())
    for key in compared:
        end, (_, least, most) = newest.ends[key], known[key]
        if not least <= end <= most:
            name = f"{key[0]}-{key[1]}"
            return f"says that {name} ended at {end:,}, where brokers say {least:,} to {most:,}"
    if not any(newest.ends[key] for key in compared):
        return "told of no partition with records"
    return None


def steady(found: Iterable[Sample], known: Mapping[Key, Known]) -> Iterator[Sample]:
    """Yield samples of one exporter, the youngest first, with what the logs of now can have been.

    A log that ended higher once than later is another one of that name.
    """
    last = {key: one.end for key, one in known.items()}
    for one in sorted({each.at: each for each in found}.values(), key=lambda one: -one.at):
        ends = {}
        for key, end in one.ends.items():
            if end <= last.get(key, -1):
                ends[key] = last[key] = end
            else:
                last.pop(key, None)
        committed = {
            place: offset
            for place, offset in one.committed.items()
            if place[1:] in ends and 0 <= offset <= known[place[1:]].end
        }
        yield replace(one, ends=ends, committed=committed)
