"""Rows under titles, as wide as they are, or made to fit a width.

Names are shortened in their middle first; then columns are left out, which the caller says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kdiag.render.layout import cells, clean, painted

_GAP = "  "
_CUT = "\u2026"


@dataclass(frozen=True)
class Column:
    """A column: numbers end flush, words begin flush.

    least: cells that it may be shortened to, 0 for never. rank: what is left out where there is no
    room, the highest first; 0 never is.
    """

    title: str
    is_number: bool = False
    least: int = 0
    rank: int = 0


@dataclass(frozen=True)
class Cell:
    """A text and its style."""

    text: str
    style: str = ""


Row = Sequence[Cell | str]


@dataclass(frozen=True)
class Fitted:
    """The lines of a table, title first, and the titles of columns that found no room."""

    lines: tuple[str, ...]
    left_out: tuple[str, ...]


def table(columns: Sequence[Column], rows: Sequence[Row], width: int | None, color: bool) -> Fitted:
    """Return the lines, no wider than the width as far as that is possible; None is any width.

    The last column is never shortened: what is too wide of it is cut off by the width.
    """
    titles = [Cell(column.title, "strong") for column in columns]
    made = [titles, *([_cell(each) for each in row] for row in rows)]
    widths = [max(cells(row[n].text) for row in made) for n in range(len(columns))]
    shown = list(range(len(columns)))
    while width is not None and not _fits(columns, widths, shown, width):
        lowest = max(shown, key=lambda n: columns[n].rank)
        if columns[lowest].rank == 0:
            break
        shown.remove(lowest)
    if width is not None:
        _shorten(columns, widths, shown, width)
    lines = (_line(columns, [row[n] for n in shown], widths, shown, color) for row in made)
    hidden = [column.title for n, column in enumerate(columns) if n not in shown]
    return Fitted(tuple(lines), tuple(hidden))


def _cell(each: Cell | str) -> Cell:
    return Cell(clean(each)) if isinstance(each, str) else Cell(clean(each.text), each.style)


def _taken(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[n] for n in shown) + len(_GAP) * (len(shown) - 1)


def _fits(
    columns: Sequence[Column], widths: Sequence[int], shown: Sequence[int], width: int
) -> bool:
    least = [min(has, columns[n].least or has) for n, has in enumerate(widths)]
    return _taken(least, shown) <= width


def _shorten(
    columns: Sequence[Column], widths: list[int], shown: Sequence[int], width: int
) -> None:
    """Take from the widest column that may be shortened, until all fits."""
    while (over := _taken(widths, shown) - width) > 0:
        able = [n for n in shown if columns[n].least and widths[n] > columns[n].least]
        if not able:
            return
        widest = max(able, key=lambda n: widths[n])
        widths[widest] -= min(over, max(1, (widths[widest] - columns[widest].least) // 2))


def _line(
    columns: Sequence[Column],
    row: Sequence[Cell],
    widths: Sequence[int],
    shown: Sequence[int],
    color: bool,
) -> str:
    parts = [
        _padded(cell, columns[n], widths[n], color) for cell, n in zip(row, shown, strict=True)
    ]
    return _GAP.join(parts).rstrip()


def _padded(cell: Cell, column: Column, width: int, color: bool) -> str:
    text = shortened(cell.text, width)
    padding = " " * (width - cells(text))
    shown = painted(text, cell.style, color)
    return padding + shown if column.is_number else shown + padding


def shortened(text: str, width: int) -> str:
    """Return a text with its middle left out, where it is wider than that."""
    if cells(text) <= width:
        return text
    head, tail = _head(text, (width - 1) // 2), _head(text[::-1], width - 1 - (width - 1) // 2)
    return head + _CUT + tail[::-1]


def _head(text: str, width: int) -> str:
    """Return the first characters that take no more cells than the width."""
    taken: list[str] = []
    for char in text:
        if cells("".join(taken) + char) > width:
            break
        taken.append(char)
    return "".join(taken)
