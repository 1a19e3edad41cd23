"""Colours, names and axes that all figures share."""

import math
from datetime import datetime
from typing import Any

from kdiag.wording import size

INK, GRID = "#00000a", "#00000b"
"""Stand for the page's own colour of text and of lines."""

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Of Okabe and Ito's palette those that stand out from white and from black."""

STYLES = ("-", "--", "-.", ":")
_LONGEST = 30


def named(name: str) -> str:
    """Return a name that fits beside a figure, without characters that no page may hold."""
    clean = "".join(c if c.isprintable() else "\ufffd" for c in name)
    if len(clean) <= _LONGEST:
        return clean
    half = _LONGEST // 2
    return f"{clean[:half]}\u2026{clean[-half + 1 :]}"


def times(texts: list[str]) -> Any:
    """Return ISO times as matplotlib has them."""
    from matplotlib.dates import date2num

    return date2num([datetime.fromisoformat(text) for text in texts])


def dated(axis: Any) -> None:
    """Let an axis show times, in UTC."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=6)
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def sized(axis: Any) -> None:
    """Let an axis show bytes, at round numbers of them where it is not logarithmic."""
    from matplotlib.ticker import MultipleLocator

    if axis.get_scale() == "linear":
        low, high = axis.get_view_interval()
        axis.set_major_locator(MultipleLocator(2 ** round(math.log2(max(high - low, 4) / 5))))
    axis.set_major_formatter(lambda value, _: size(max(0.0, value)))


def counted(axis: Any) -> None:
    """Let an axis show large numbers shortly: 12 k, 3 M."""
    axis.set_major_formatter(lambda value, _: short(value))


def short(value: float) -> str:
    """Return a number in three digits or so."""
    for least, unit in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= least:
            return f"{value / (1e3 if unit == ' k' else least):.3g}{unit}"
    return f"{value:g}"
