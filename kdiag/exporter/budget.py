"""The most series of one cluster: what would be too many is left out, family by family.

Half a family would look like a whole one, to a sum and to an alert; so a family is there or not,
and what is not is counted.
"""

from collections.abc import Iterable

from kdiag.exporter.exposition import series_count
from kdiag.exporter.family import Family, Level

_ORDER: tuple[Level, ...] = ("cluster", "group", "topic", "partition")


def within(families: Iterable[Family], max_series: int) -> tuple[list[Family], int]:
    """Return the families that fit, coarse ones first, and how many series of others do not."""
    ordered = sorted(families, key=lambda family: _ORDER.index(family.level))
    kept, used, dropped = [], 0, 0
    for family in ordered:
        number = series_count(family)
        if used + number > max_series:
            dropped += number
            continue
        used += number
        kept.append(family)
    return kept, dropped
