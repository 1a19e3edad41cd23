"""Figures with an axis of numbers: lines, bars, bands and a histogram."""

from collections.abc import Mapping
from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Any

from kdiag.audit.plots.style import COLORS, STYLES, counted, dated, named, short, sized, times

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_MOST_UPRIGHT = 12
_IN_SIGHT = 5


def lines(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw values over times. data: times, series [{name, values}]."""
    axes = canvas.subplots()
    at = times(data["times"])
    looks = zip(cycle(COLORS), cycle(STYLES), data["series"], strict=False)
    for color, style, one in looks:
        axes.plot(at, one["values"], style, color=color, marker=".", label=named(one["name"]))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, ncols=3, loc="upper left")
    dated(axes.xaxis)
    counted(axes.yaxis)


def panels(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw one small picture a name. data: panels [{name, times, values, limit}]."""
    shown = data["panels"]
    for axes, one in zip(_grid(canvas, len(shown), 2, 1.7), shown, strict=False):
        at = times(one["times"])
        axes.plot(at, one["values"], color=COLORS[0], marker="o", markersize=3)
        limit = one["limit"]
        if limit is not None and limit < _IN_SIGHT * max(one["values"]):
            axes.axhline(limit, color=COLORS[1], linestyle="--", linewidth=1)
        keeps = "" if limit is None else f", {short(limit)} kept"
        axes.set_title(f"{named(one['name'])}{keeps}", loc="left")
        axes.set_ylim(bottom=0)
        dated(axes.xaxis)
        counted(axes.yaxis)


def forecast(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw a band under a limit for each volume. data: volumes [{name, days, low, high, limit}]."""
    shown = data["volumes"]
    for axes, one in zip(_grid(canvas, len(shown), 3, 2.0), shown, strict=False):
        axes.fill_between(one["days"], one["low"], one["high"], color=COLORS[0], alpha=0.35)
        axes.plot(one["days"], one["high"], color=COLORS[0], linewidth=1)
        axes.plot(one["days"], one["low"], color=COLORS[0], linewidth=1, linestyle=":")
        axes.axhline(one["limit"], color=COLORS[1], linestyle="--", linewidth=1)
        axes.set_title(named(one["name"]), loc="left")
        axes.set_ylim(0, one["limit"] * 1.1)
        axes.set_xlim(0, one["days"][-1])
        axes.set_xlabel("days ahead")
        sized(axes.yaxis)


def _grid(canvas: "Canvas", number: int, columns: int, inches: float) -> list[Any]:
    """Return axes for some small pictures, line by line, in a figure as high as they need."""
    columns = min(columns, number)
    rows = -(-number // columns)
    canvas.set_size_inches(7.2, max(2.2, rows * inches))
    axes = list(canvas.subplots(rows, columns, squeeze=False).flat)
    for unused in axes[number:]:
        unused.set_visible(False)
    return axes[:number]


def bars(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw bars for categories. data: categories, panels [{name, unit, values}]."""
    names, shown = [named(name) for name in data["categories"]], data["panels"]
    is_upright = len(names) <= _MOST_UPRIGHT
    canvas.set_size_inches(7.2, 2.4 if is_upright else max(2.4, 0.16 * len(names) + 1))
    all_axes = canvas.subplots(1, len(shown), squeeze=False)[0]
    for axes, color, one in zip(all_axes, cycle(COLORS), shown, strict=False):
        axes.set_title(one["name"], loc="left")
        if is_upright:
            axes.bar(names, one["values"], color=color)
        else:
            axes.barh(names, one["values"], color=color)
            axes.invert_yaxis()
        value_axis = axes.yaxis if is_upright else axes.xaxis
        (sized if one["unit"] == "bytes" else counted)(value_axis)
        (axes.xaxis if is_upright else axes.yaxis).grid(visible=False)
        if not is_upright:
            axes.tick_params(axis="x", rotation=45)


def histogram(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw counts between edges on a logarithmic axis of bytes. data: edges, counts."""
    axes = canvas.subplots()
    edges = data["edges"]
    widths = [high - low for low, high in pairwise(edges)]
    axes.bar(edges[:-1], data["counts"], widths, align="edge", color=COLORS[0])
    axes.set_xscale("log", base=2)
    axes.set_ylabel("partitions")
    axes.minorticks_off()
    sized(axes.xaxis)
    counted(axes.yaxis)
