"""From a figure's data to SVG text that a page can hold: same input, same bytes.

Text and lines take the colour of the page (dark mode); names are never parsed, as mathematics or
otherwise. Marks are told apart by colours that colour-blind people can, and by their form.
"""

import html
import io
import re
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kdiag.audit.blocks import Figure
from kdiag.audit.plots import charts, grids
from kdiag.audit.plots.style import GRID, INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Draw = Callable[["Canvas", Mapping[str, Any]], None]

_KINDS: Mapping[str, Draw] = {
    "lines": charts.lines,
    "panels": charts.panels,
    "bars": charts.bars,
    "forecast": charts.forecast,
    "histogram": charts.histogram,
    "spans": grids.spans,
    "heatmap": grids.heatmap,
}

_SETTINGS = {
    "axes.edgecolor": GRID,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 9,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
}


def svg(figure: Figure) -> str:
    """Return the figure as an <svg> element with its title and description."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Canvas

    written = io.StringIO()
    settings: Any = {**_SETTINGS, "svg.hashsalt": figure.id}
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the page has its own font
        canvas = Canvas(figsize=(7.2, 3))
        _KINDS[figure.kind](canvas, figure.data)
        FigureCanvasSVG(canvas).print_svg(written, metadata={"Date": None})
    return _as_part_of_a_page(written.getvalue(), figure)


def _as_part_of_a_page(text: str, figure: Figure) -> str:
    """Return the element alone, as wide as the page allows, in the page's colours."""
    element = text[text.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    head, body = element.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box.group() if box else ""} role="img" aria-label="{html.escape(figure.alt)}">'
    )
    body = body.replace(INK, "currentColor").replace(GRID, "var(--line)")
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{figure.id}-", body)
    return f"{opened}<title>{html.escape(figure.title)}</title>{body}".rstrip()
