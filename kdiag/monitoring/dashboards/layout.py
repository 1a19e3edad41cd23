"""Where panels stand: side by side until a line of 24 columns is full."""

from collections.abc import Iterator, Mapping

from kdiag.monitoring.dashboards.panel import Panel

_WIDTH = 24
_Placed = list[tuple[Panel, dict[str, int]]]


def places(rows: Mapping[str, tuple[Panel, ...]]) -> Iterator[tuple[str, int, _Placed]]:
    """Yield for each row its heading, where that stands, and its panels with their gridPos."""
    y = 0
    for heading, panels in rows.items():
        placed, below = _line_by_line(panels, y + 1)
        yield heading, y, placed
        y = below


def _line_by_line(panels: tuple[Panel, ...], y: int) -> tuple[_Placed, int]:
    """Place panels from a line on; return them, and the first line below."""
    placed: _Placed = []
    x = height = 0
    for panel in panels:
        if x + panel.width > _WIDTH:
            x, y, height = 0, y + height, 0
        placed.append((panel, {"h": panel.height, "w": panel.width, "x": x, "y": y}))
        x, height = x + panel.width, max(height, panel.height)
    return placed, y + height
