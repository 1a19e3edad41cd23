"""The search for the age of a record: what is known of a partition, and what to ask next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

from kdiag.sources.prometheus.samples import Key

FIRST_AGES_SECONDS = (30.0, 600.0)
"""Asked for every partition first: OLD_SECONDS and STALE_SECONDS of kdiag.analysis.lag."""

_GROWTH = 6
_OLDEST_SECONDS = 20 * 365 * 86400.0
_EXACT_SECONDS = 2.0
_EXACT_RATIO = 1.1
_STANDS_FOR_RATIO = 1.5


@dataclass
class Search:
    """What is known of one partition: end offsets at ages, and the offsets that are looked for.

    ends: as brokers say. stored: as Prometheus does.
    """

    end_offset: int
    wanted: list[int] = field(default_factory=list)
    ends: dict[float, int] = field(default_factory=dict)
    stored: dict[float, int] = field(default_factory=dict)
    is_refused: bool = False

    def is_old(self) -> bool:
        """Tell whether an offset that is looked for is older than the first age."""
        return bool(self.wanted) and self.wanted[0] < self.ends.get(FIRST_AGES_SECONDS[0], 0)

    def lacks(self, age: float) -> bool:
        """Tell whether the end offset of an age may be asked for."""
        return age not in self.ends and not self.is_refused

    def has_like(self, age: float) -> bool:
        """Tell whether the end offset of a time like it is stored."""
        return any(age <= other <= _STANDS_FOR_RATIO * age for other in self.stored)

    def next_age(self) -> float | None:
        """Return the age that narrows the first interval which is still wide; None if none is.

        Before that, one of its ends that only Prometheus tells.
        """
        for offset in self.wanted:
            low, high = self.interval(offset)
            for end in (low, high):
                if end is not None and end in self.stored:
                    return end
            if high is None:
                if low < _OLDEST_SECONDS:
                    return min(max(low, FIRST_AGES_SECONDS[0]) * _GROWTH, _OLDEST_SECONDS)
            elif high - low > _EXACT_SECONDS and high > low * _EXACT_RATIO:
                return sqrt(max(low, 1.0) * high)
        return None

    def interval(self, offset: int) -> tuple[float, float | None]:
        """Return the bounds of the age of the record at an offset, in seconds."""
        known = self.known()
        low = max((age for age, end in known.items() if end > offset), default=0.0)
        younger = (age for age, end in known.items() if end <= offset and age > low)
        return low, min(younger, default=None)

    def known(self) -> dict[float, int]:
        """Return age → end offset."""
        return {**self.stored, **self.ends}

    def learn(self, age: float, end: int) -> None:
        """Take what a broker says; where it says otherwise than what is stored, drop that."""
        self.ends[age] = end
        stored = self.stored.pop(age, None)
        if stored is not None and any((stored > each) != (end > each) for each in self.wanted):
            self.stored.clear()


def lacking(searches: Mapping[Key, Search], age: float) -> list[Key]:
    """Return the partitions to ask for an age: of a topic all, so that they can be summed up."""
    open_ = {key: search for key, search in searches.items() if search.lacks(age)}
    topics = {topic for (topic, _), search in open_.items() if not search.has_like(age)}
    return [key for key in open_ if key[0] in topics]
