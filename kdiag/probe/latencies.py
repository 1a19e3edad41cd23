"""How long things took: counts in buckets for ever, and every value of a short run."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

BOUNDS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets, as most clients of Prometheus have them, with 1 ms below."""


@dataclass
class Latencies:
    """Durations in seconds.

    keeps_all: keep every value, so that percentiles can be told. counts: of each bucket alone, the
    last one for what is above all bounds.
    """

    keeps_all: bool = False
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_SECONDS) + 1))
    sum_seconds: float = 0.0
    values: list[float] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BOUNDS_SECONDS, seconds)] += 1
        self.sum_seconds += seconds
        if self.keeps_all:
            self.values.append(seconds)


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that so many percent of the values do not exceed (nearest rank).

    None where there are no values.
    """
    if not values:
        return None
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]
