"""Where groups stood in the past, and where logs ended then, as exporters of the cluster told.

Only groups with an old backlog are asked for, and of these the MOST_GROUPS with most lag, as far as
they have no more than MOST_PARTITIONS: neither the number of queries nor the size of an answer
grows with the cluster.

A sample counts as of the time at which it was read: what kdiag's own exporter says of its snapshot,
for exporters that read the cluster when they are scraped the time of the scrape. Both are by the
clocks of others.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kdiag.errors import KdiagError
from kdiag.sections import Commits, EarlierSamples
from kdiag.snapshot import Missing
from kdiag.sources.prometheus.asking import Asker, Row
from kdiag.sources.prometheus.dialects import DIALECTS, Dialect, Wanted, holders, positions
from kdiag.sources.prometheus.samples import (
    Key,
    Known,
    Sample,
    contradiction,
    samples,
    steady,
    twice,
    without,
)

AGES_SECONDS = (60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0, 604800.0)
"""Ages that are asked for. A sample is at least as old, and older by the time between two."""

MOST_GROUPS, MOST_PARTITIONS = 300, 20_000

_SELECTOR = "selector in [prometheus] of --config"
_KEY = ["topic", "partition"]
_GROUP_LABELS = tuple({dialect.labels[0] for dialect in DIALECTS})

Past = tuple[Key, datetime, int]
"""Partition, time, and where it ended then."""


@dataclass
class LookBack:
    """One look back. commits: of now. all_seconds: for all queries together.

    positions: where groups stood, once `ends` has asked; None before.
    """

    asker: Asker
    cluster_id: str
    commits: Commits
    all_seconds: float
    positions: EarlierSamples | None = None
    _until: float = field(default=0.0, init=False)

    async def ends(self, known: Mapping[Key, Known], old_at: datetime, now: datetime) -> list[Past]:
        """Return where logs ended in the past; where groups stood then is in `positions`.

        known: of the partitions of topics with an old backlog. old_at: time of `Known.old`.
        """
        groups, left_out = lagging(self.commits, known)
        found: list[Sample] = []
        if groups:
            topics = tuple(sorted({topic for topic, _ in known}))
            wanted = Wanted(self.cluster_id, self.asker.monitor.selector, groups, topics)
            self._until = asyncio.get_running_loop().time() + self.all_seconds
            found = await self._found(wanted, known, old_at.timestamp(), now.timestamp())
        self.positions = self._table(found, left_out, now)
        return [
            (key, datetime.fromtimestamp(one.at, UTC), end)
            for one in found
            for key, end in one.ends.items()
        ]

    async def _found(
        self, wanted: Wanted, known: Mapping[Key, Known], old_at: float, now: float
    ) -> list[Sample]:
        rows = await self._rows(holders(wanted), now)
        asked = [
            self._told(dialect, wanted.of(groups), known, old_at, now)
            for dialect, groups in _by_dialect(rows)
        ]
        return [sample for each in await asyncio.gather(*asked) for sample in each]

    async def _told(
        self,
        dialect: Dialect,
        wanted: Wanted,
        known: Mapping[Key, Known],
        old_at: float,
        now: float,
    ) -> list[Sample]:
        """Return the samples of one dialect, as far as they are shown to be of this cluster."""
        promql = positions(dialect, wanted)
        ages = [] if dialect.proof else [0.0]
        ages += [age for age in AGES_SECONDS if age >= dialect.least_age_seconds]
        told = await asyncio.gather(*(self._rows(promql, now - age) for age in ages))
        if dialect.proof:
            found = [each for rows in told for each in samples(dialect, rows)[:1]]
            return list(steady(found, known))
        several = sorted({each for rows in told for each in twice(dialect, rows)})
        if several:
            self._refuse(dialect, f"has series of {' '.join(several[0])} more than once")
        newest, *past = [without(several, samples(dialect, rows)) for rows in told]
        return [
            each
            for one in newest
            if self._is_ours(dialect, one, known, old_at)
            for each in steady([s for at in past for s in at if s.origin == one.origin], known)
        ]

    def _is_ours(
        self, dialect: Dialect, newest: Sample, known: Mapping[Key, Known], old_at: float
    ) -> bool:
        why = contradiction(newest, known, old_at)
        if why is not None:
            self._refuse(dialect, why)
        return why is None

    def _refuse(self, dialect: Dialect, why: str) -> None:
        self.asker.note(f"what {dialect.name} told it is not used: it {why}", _SELECTOR)

    async def _rows(self, promql: str, at: float) -> list[Row]:
        """Return what one query says; one that fails costs its age, and the asker keeps why."""
        try:
            async with asyncio.timeout_at(self._until):
                return await self.asker.query(promql, at)
        except TimeoutError:
            self.asker.note(f"did not answer all within {self.all_seconds:g} s")
        except KdiagError:
            pass
        return []

    def _table(self, found: Iterable[Sample], left_out: int, now: datetime) -> EarlierSamples:
        rows = [
            (*place, datetime.fromtimestamp(one.at, UTC), offset, one.ends[place[1:]], "prometheus")
            for one in found
            for place, offset in one.committed.items()
        ]
        errors = {} if self.asker.trouble is None else {self.asker.shown: self.asker.trouble}
        if left_out:
            why = Missing(f"Prometheus is asked for the {MOST_GROUPS} groups with most lag")
            errors[f"{left_out} groups with less lag"] = why
        columns = zip(EarlierSamples.columns, zip(*rows, strict=True), strict=True) if rows else ()
        return EarlierSamples.of(dict(columns), read_at=now, errors=errors)


def lagging(commits: Commits, known: Mapping[Key, Known]) -> tuple[tuple[str, ...], int]:
    """Return the groups with an old backlog, the largest first, and how many are left out."""
    rows = commits.rows[["group", *_KEY, "committed_offset"]].dropna()
    columns = (rows[name].tolist() for name in ("group", *_KEY, "committed_offset"))
    lag: Counter[str] = Counter()
    partitions: Counter[str] = Counter()
    for group, topic, number, offset in zip(*columns, strict=True):
        one = known.get((topic, number))
        partitions[group] += one is not None
        if one is not None and offset < one.young:
            lag[group] += one.end - offset
    chosen, used = list[str](), 0
    for group, _ in lag.most_common(MOST_GROUPS):
        used += partitions[group]
        if used > MOST_PARTITIONS and chosen:
            break
        chosen.append(group)
    return tuple(chosen), len(lag) - len(chosen)


def _by_dialect(rows: Iterable[Row]) -> Iterator[tuple[Dialect, tuple[str, ...]]]:
    """Yield each dialect with the groups that it is the first to have."""
    parts = [row.labels for row in rows]
    held = {(labels.get("part"), labels.get(name)) for labels in parts for name in _GROUP_LABELS}
    seen: set[str] = set()
    for dialect in DIALECTS:
        groups = {group for name, group in held if name == dialect.name and group} - seen
        seen |= groups
        if groups:
            yield dialect, tuple(sorted(groups))
