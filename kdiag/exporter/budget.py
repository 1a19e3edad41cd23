"""The most series of one cluster: what would be too many is left out, family by family.

Half a family would look like a whole one, to a sum and to an alert; so a family is there or not,
and what is not is counted.
"""

from collections.abc import Sequence

from kdiag.exporter.exposition import Page
from kdiag.exporter.family import Level

_ORDER: tuple[Level, ...] = ("cluster", "group", "topic", "partition")


def within(pages: Sequence[Page], max_series: int) -> tuple[list[Page], int]:
    """Return of some pages what fits, coarse families first, and how many series do not."""
    sized = [
        (_ORDER.index(family.level), place, name, lines.lines)
        for place, page in enumerate(pages)
        for name, (family, lines) in page.items()
    ]
    used, dropped, left_out = 0, 0, set()
    for _, place, name, series in sorted(sized, key=lambda each: each[:2]):
        if used + series > max_series:
            dropped += series
            left_out.add((place, name))
        else:
            used += series
    kept: list[Page] = [
        {name: each for name, each in page.items() if (place, name) not in left_out}
        for place, page in enumerate(pages)
    ]
    return kept, dropped
