"""Figures with a row for each name: a timeline, a heat map."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kdiag.audit.plots.style import COLORS, dated, named, short, times

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_DAY_SECONDS = 86400.0


def spans(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw when something happened, a row each. data: rows [{name, spans [(end, seconds)]}]."""
    rows = data["rows"]
    canvas.set_size_inches(7.2, max(1.8, 0.22 * len(rows) + 1))
    axes = canvas.subplots()
    for y, row in enumerate(rows):
        ends = times([end for end, _ in row["spans"]])
        lengths = [seconds / _DAY_SECONDS for _, seconds in row["spans"]]
        starts = [end - length for end, length in zip(ends, lengths, strict=True)]
        bars = list(zip(starts, lengths, strict=True))
        axes.broken_barh(bars, (y - 0.3, 0.6), facecolors=COLORS[0], alpha=0.6)
        axes.plot(ends, [y] * len(ends), linestyle="", marker="|", color=COLORS[1], markersize=7)
    axes.set_yticks(range(len(rows)), [named(row["name"]) for row in rows])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    dated(axes.xaxis)


def heatmap(canvas: "Canvas", data: Mapping[str, Any]) -> None:
    """Draw a cell for each row and hour. data: rows, begins_at_hour (since 1970), values."""
    import numpy as np
    from matplotlib.colors import LogNorm
    from matplotlib.dates import date2num

    values = np.ma.masked_equal(np.asarray(data["values"], "float64"), 0)
    rows, hours = values.shape
    canvas.set_size_inches(7.2, max(1.8, 0.2 * rows + 1))
    axes = canvas.subplots()
    first = date2num(datetime.fromtimestamp(data["begins_at_hour"] * 3600, UTC))
    edges = first + np.arange(hours + 1) / 24
    norm = LogNorm(max(1.0, float(values.min())), max(2.0, float(values.max())))
    mesh = axes.pcolormesh(
        edges, np.arange(rows + 1), values, norm=norm, cmap="cividis", rasterized=True
    )
    axes.set_yticks(np.arange(rows) + 0.5, [named(name) for name in data["rows"]])
    axes.invert_yaxis()
    axes.grid(visible=False)
    dated(axes.xaxis)
    bar = canvas.colorbar(mesh, ax=axes, pad=0.01, format=lambda value, _: short(value))
    bar.outline.set_visible(False)
    bar.minorticks_off()
