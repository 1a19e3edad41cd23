"""One group on one topic in both samples and in the past: a test states only what is odd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kdiag.snapshot import Section
from tests.tables import (
    ago,
    commit_history,
    commits,
    end_offset_history,
    groups,
    members,
    offsets,
)

AGES = (30, 60, 120, 300, 600, 1800, 3600)
END = 1_000_000


@dataclass(frozen=True)
class Part:
    """A partition: how far behind, what is written and read of it a second, and by whom.

    stands: seconds since the committed offset moved; repeats: it is committed again meanwhile.
    burst: seconds since `writes` are what they are; before that, `wrote` a second.
    """

    lag: int = 0
    writes: float = 10
    reads: float = 10
    owner: str | None = "a"
    stands: float = 0
    repeats: bool = False
    burst: float = 0
    wrote: float = 0
    last_stable: int | None = None

    def committed(self, age: float = 0) -> int:
        """Return the offset committed some seconds ago."""
        stood = END - self.lag - self.reads * max(0.0, age - self.stands)
        return int(min(stood, self.end(age)))

    def end(self, age: float = 0) -> int:
        """Return the end offset some seconds ago."""
        since = min(age, self.burst) if self.burst else age
        return int(END - self.writes * since - self.wrote * (age - since))


@dataclass(frozen=True)
class Scene:
    """What is known of the group `app` on the topic `orders`.

    gap: seconds between two commits. reach: how far the history goes back, 0: not read. sample:
    seconds between the samples, 0: only one. ages: at which the end offset was asked.
    """

    parts: Sequence[Part]
    gap: float = 5
    reach: float = 900
    sample: float = 5
    ages: Sequence[float] = AGES
    topic: str = "orders"
    state: Mapping[str, Any] = field(default_factory=dict)
    team: Sequence[Mapping[str, Any]] | None = None
    more: Sequence[Section] = ()

    def __add__(self, section: Section) -> "Scene":
        return replace(self, more=(*self.more, section))

    def now(self) -> list[Section]:
        """Return the sections of the second sample, and of the past."""
        past = end_offset_history(
            {(self.topic, p, age): part.end(age) for p, part in self._parts() for age in self.ages}
        )
        found: list[Section] = [groups({"group": "app", **self.state}), self._members()]
        found += [*self._sample(0), past]
        if self.reach:
            found.append(
                commit_history({self._key(p): self._past(part) for p, part in self._parts()})
            )
        held = {type(section): section for section in (*found, *self.more)}
        return list(held.values())

    def then(self) -> list[Section] | None:
        """Return the sections of the first sample."""
        return self._sample(self.sample) if self.sample else None

    def _parts(self) -> list[tuple[int, Part]]:
        return list(enumerate(self.parts))

    def _key(self, number: int) -> tuple[str, str, int]:
        return "app", self.topic, number

    def _sample(self, age: float) -> list[Section]:
        ends = offsets({(self.topic, p): part.end(age) for p, part in self._parts()}, at=ago(age))
        for number, part in self._parts():
            if part.last_stable is not None:
                ends.rows.loc[number, "last_stable_offset"] = part.last_stable
        return [
            commits({self._key(p): part.committed(age) for p, part in self._parts()}, at=ago(age)),
            ends,
        ]

    def _members(self) -> Section:
        owners = dict.fromkeys(part.owner for part in self.parts if part.owner)
        usual = [
            {
                "member_id": owner,
                "client_id": f"client-{owner}",
                "subscription": (self.topic,),
                "assignment": tuple(
                    (self.topic, p) for p, part in self._parts() if part.owner == owner
                ),
            }
            for owner in owners
        ]
        rows = usual if self.team is None else self.team
        return members(*({"group": "app", **row} for row in rows))

    def _past(self, part: Part) -> list[tuple[float, int]]:
        begin = 0 if part.repeats else part.stands
        times = [begin + n * self.gap for n in range(int((self.reach - begin) / self.gap), -1, -1)]
        return [(age, part.committed(age)) for age in times]
