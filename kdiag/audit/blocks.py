"""What chapters are made of: plain values, which HTML, Markdown and JSON are rendered from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Unit = Literal[
    "text", "count", "bytes", "seconds", "ratio", "per_second", "bytes_per_second", "time", "code"
]
Kind = Literal["lines", "panels", "bars", "forecast", "spans", "heatmap", "histogram"]
Effort = Literal["minutes", "hours", "days"]
Cell = str | int | float | None

MOST_ROWS = 100
"""Rows of a table that a page shows; the rest is in the findings of report.json, or in tools."""


@dataclass(frozen=True)
class Column:
    """Heading of a column, and in which unit its numbers are."""

    heading: str
    unit: Unit = "text"


@dataclass(frozen=True)
class Table:
    """Rows of cells; None is not known. total: how many rows there are, shown or not."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int


@dataclass(frozen=True)
class Figure:
    """What is drawn. alt: what it shows, for those who do not see it. data: by kind, see plots."""

    id: str
    title: str
    kind: Kind
    unit: str
    alt: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Card:
    """One finding in full. lines: label → text. objects: as many as a page shows, of total."""

    fingerprint: str
    severity: str
    check: str
    title: str
    lines: Mapping[str, str]
    evidence: Mapping[str, str]
    actions: tuple[tuple[str, str | None, str], ...]
    objects: tuple[str, ...]
    total: int


Block = Table | Figure | Text | Card


@dataclass(frozen=True)
class Advice:
    """What to do. risk: of leaving it. effort: of doing it. check: the id that tells more."""

    text: str
    command: str | None
    effect: str
    risk: str
    effort: Effort
    about: str
    check: str | None = None


@dataclass(frozen=True)
class Chapter:
    """One chapter: what was seen, what follows from it, what to do, and what was not seen."""

    id: str
    title: str
    observations: tuple[Block, ...] = ()
    conclusions: tuple[str, ...] = ()
    recommendations: tuple[Advice, ...] = ()
    unseen: tuple[str, ...] = field(default_factory=tuple)


def table(caption: str, columns: Mapping[str, Unit], rows: list[tuple[Cell, ...]]) -> Table:
    """Return a table with as many rows as a page shows."""
    headings = tuple(Column(heading, unit) for heading, unit in columns.items())
    return Table(caption, headings, tuple(rows[:MOST_ROWS]), len(rows))
