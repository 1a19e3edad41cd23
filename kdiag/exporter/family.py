"""Metric families as plain columns, before they become text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

Kind = Literal["gauge", "counter", "info", "histogram"]
Level = Literal["cluster", "group", "topic", "partition"]

_SUFFIXES = {"counter": "_total", "info": "_info"}


class Distribution(NamedTuple):
    """A value of a histogram: upper bounds, and how many are in each bucket alone.

    counts: one more than bounds, the last for what is above them.
    """

    bounds: Sequence[float]
    counts: Sequence[int]
    sum: float


@dataclass(frozen=True, slots=True)
class Family:
    """One metric.

    name: without the suffix of its kind. help: what it means, and the request that tells it.
    labels: names. level: of what it has one series. columns: for each label the values, one a
    series; values: beside them, a NaN or <NA> is not known and is no series; a histogram has
    Distributions, each of them some series.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    kind: Kind = "gauge"
    level: Level = "cluster"
    columns: tuple[Sequence[Any], ...] = ()
    values: Sequence[Any] = ()

    @property
    def series(self) -> str:
        """The name of its series."""
        return self.name + _SUFFIXES.get(self.kind, "")

    def of(self, *columns: Sequence[Any], values: Sequence[Any]) -> "Family":
        """Return the same metric with a column for each label, and the values."""
        return replace(self, columns=columns, values=values)

    def rows(self, rows: Iterable[tuple[Any, ...]]) -> "Family":
        """Return the same metric with rows: label values in their order, and then the value."""
        columns = list(zip(*rows, strict=True)) or [()] * (len(self.labels) + 1)
        return replace(self, columns=tuple(columns[:-1]), values=columns[-1])

    def one(self, value: Any) -> "Family":
        """Return the same metric, that has no labels, with its value."""
        return replace(self, values=(value,))
