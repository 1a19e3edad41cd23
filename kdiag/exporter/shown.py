"""Which series are shown: of which groups and topics, how fine, and how many."""

import re
from dataclasses import dataclass, field
from typing import Any

from kdiag.exporter.family import Level

_ALL, _NONE = re.compile(""), re.compile(r"(?!)")

GRANULARITIES: tuple[Level, ...] = ("group", "topic", "partition")
"""From coarse to fine: each has the series of those before it, too."""


@dataclass(frozen=True)
class Shown:
    """What is shown.

    groups, topics: patterns that must be found in a name; exclude_*: that must not. granularity:
    one of GRANULARITIES. top: show the lag of so many partitions only, the largest; 0 for all.
    max_series: a family that would bring a cluster above it is left out, the finest first.
    lag_slos: pattern of groups → seconds that their lag may have; the first that fits counts.
    """

    groups: re.Pattern[str] = field(default=_ALL)
    exclude_groups: re.Pattern[str] = field(default=_NONE)
    topics: re.Pattern[str] = field(default=_ALL)
    exclude_topics: re.Pattern[str] = field(default=_NONE)
    granularity: Level = "partition"
    top: int = 0
    max_series: int = 250_000
    lag_slos: tuple[tuple[re.Pattern[str], float], ...] = ()

    def of_groups(self, rows: Any) -> Any:
        """Return the rows of groups that are shown."""
        return rows[_matching(rows["group"], self.groups, self.exclude_groups)]

    def of_topics(self, rows: Any) -> Any:
        """Return the rows of topics that are shown."""
        return rows[_matching(rows["topic"], self.topics, self.exclude_topics)]

    def lag_slo(self, group: str) -> float | None:
        """Return the seconds that the lag of a group may have; None where nothing says so."""
        found = (seconds for pattern, seconds in self.lag_slos if pattern.search(group))
        return next(found, None)

    def has(self, level: Level) -> bool:
        """Tell whether series of a level are shown."""
        if level == "cluster":
            return True
        return GRANULARITIES.index(level) <= GRANULARITIES.index(self.granularity)


def _matching(names: Any, wanted: re.Pattern[str], unwanted: re.Pattern[str]) -> Any:
    shown = {
        name: bool(wanted.search(name)) and not unwanted.search(name) for name in names.unique()
    }
    return names.map(shown).astype("bool")
