"""From a dashboard as data to the JSON that Grafana loads: the classic schema of Grafana 10 on."""

from collections.abc import Iterator
from typing import Any

from kdiag.monitoring.dashboards.drawing import drawn
from kdiag.monitoring.dashboards.layout import places
from kdiag.monitoring.dashboards.panel import Board
from kdiag.monitoring.dashboards.selecting import SOURCE, selected

_SCHEMA_VERSION = 39
_RELOADS_WITH_TIME = 2


def document(board: Board) -> dict[str, Any]:
    """Return a dashboard as Grafana's JSON."""
    return {
        "annotations": {"list": _marks(board)},
        "description": board.description,
        "editable": False,
        "graphTooltip": 1,
        "links": [_to_the_others()],
        "panels": list(_panels(board)),
        "refresh": "1m",
        "schemaVersion": _SCHEMA_VERSION,
        "tags": ["kafka", "kdiag"],
        "templating": {"list": list(_variables(board))},
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": board.title,
        "uid": board.uid,
        "version": 1,
    }


def _to_the_others() -> dict[str, Any]:
    return {
        "asDropdown": True,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "tags": ["kdiag"],
        "targetBlank": False,
        "title": "kdiag",
        "tooltip": "",
        "type": "dashboards",
    }


def _variables(board: Board) -> Iterator[dict[str, Any]]:
    yield {
        "label": "Data source",
        "name": "datasource",
        "query": "prometheus",
        "refresh": 1,
        "type": "datasource",
    }
    for number, one in enumerate(board.variables):
        query = selected(one.query, board.variables[:number])
        every = {"allValue": ".+", "current": {"text": ["All"], "value": ["$__all"]}}
        yield (every if one.is_multi else {}) | {
            "datasource": SOURCE,
            "includeAll": one.is_multi,
            "label": one.label,
            "multi": one.is_multi,
            "name": one.name,
            "query": {"query": query, "refId": one.name},
            "refresh": _RELOADS_WITH_TIME,
            "sort": 1,
            "type": "query",
        }


def _marks(board: Board) -> list[dict[str, Any]]:
    if not board.marks:
        return []
    expr = selected(board.marks, board.variables)
    return [
        {
            "datasource": SOURCE,
            "enable": True,
            "expr": expr,
            "iconColor": "red",
            "name": "Critical findings",
            "step": "60s",
            "tagKeys": "check",
            "titleFormat": "{{check}}",
        }
    ]


def _panels(board: Board) -> Iterator[dict[str, Any]]:
    number = 0
    for heading, y, placed in places(board.rows):
        number += 1
        yield {
            "collapsed": False,
            "gridPos": {"h": 1, "w": 24, "x": 0, "y": y},
            "id": number,
            "panels": [],
            "title": heading,
            "type": "row",
        }
        for panel, at in placed:
            number += 1
            yield {"gridPos": at, "id": number, **drawn(panel, board)}
