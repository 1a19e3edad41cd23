"""How one panel is drawn: its queries, colours, units and links, in Grafana's JSON."""

import string
from collections.abc import Mapping
from typing import Any

from kdiag.monitoring.dashboards.links import links_of
from kdiag.monitoring.dashboards.panel import GOOD, Board, Panel, Query, Steps, Words
from kdiag.monitoring.dashboards.selecting import SOURCE, selected


def drawn(panel: Panel, board: Board) -> dict[str, Any]:
    """Return a panel as Grafana's JSON, without its place."""
    made = {
        "datasource": SOURCE,
        "description": panel.description,
        "fieldConfig": {"defaults": _defaults(panel, board), "overrides": []},
        "options": _OPTIONS[panel.kind],
        "targets": [
            _target(panel, query, string.ascii_uppercase[at], board)
            for at, query in enumerate(panel.queries)
        ],
        "title": panel.title,
        "type": panel.kind,
    }
    return _as_table(made, panel, board) if panel.kind == "table" else made


_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "stat": {
        "colorMode": "background",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "showPercentChange": False,
        "textMode": "value",
        "wideLayout": True,
    },
    "timeseries": {
        "legend": {
            "calcs": ["lastNotNull", "max"],
            "displayMode": "table",
            "placement": "bottom",
            "showLegend": True,
            "sortBy": "Last *",
            "sortDesc": True,
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "table": {"cellHeight": "sm", "frameIndex": 0, "showHeader": True},
    "state-timeline": {
        "alignValue": "left",
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "never",
        "tooltip": {"mode": "single", "sort": "none"},
    },
}


def _defaults(panel: Panel, board: Board) -> dict[str, Any]:
    made: dict[str, Any] = {
        "mappings": _mappings(panel.words),
        "noValue": panel.empty,
        "thresholds": _thresholds(panel.steps),
        "unit": panel.unit,
    }
    if panel.kind == "timeseries":
        made["custom"] = {
            "fillOpacity": 8,
            "lineWidth": 1,
            "showPoints": "never",
            "spanNulls": False,
            "thresholdsStyle": {"mode": "dashed" if panel.steps else "off"},
        }
        made["min"] = 0
        made["color"] = {"mode": "palette-classic"}
        legends = " ".join(query.name for query in panel.queries)
        made["links"] = links_of(
            [name for name in ("consumergroup", "topic") if f"{{{{{name}}}}}" in legends],
            board,
            "__field.labels",
        )
    else:
        made["color"] = {"mode": "thresholds"}
    return made


def _thresholds(steps: Steps) -> dict[str, Any]:
    below = [{"color": GOOD if steps else "text", "value": None}]
    return {
        "mode": "absolute",
        "steps": below + [{"color": color, "value": value} for value, color in steps],
    }


def _mappings(words: Words) -> list[dict[str, Any]]:
    options = {
        str(value): {"color": color, "index": at, "text": text}
        for at, (value, (text, color)) in enumerate(words.items())
    }
    return [{"options": options, "type": "value"}] if options else []


def _target(panel: Panel, query: Query, ref: str, board: Board) -> dict[str, Any]:
    made: dict[str, Any] = {
        "datasource": SOURCE,
        "editorMode": "code",
        "expr": selected(query.expr, board.variables),
        "legendFormat": query.name or panel.title,
        "refId": ref,
    }
    if panel.kind == "table":
        return made | {"format": "table", "instant": True, "range": False}
    return made | {"range": True}


def _as_table(made: dict[str, Any], panel: Panel, board: Board) -> dict[str, Any]:
    """Add what makes one table of several queries: columns, their names, order and look."""
    names = {
        f"Value #{string.ascii_uppercase[at]}": one.name for at, one in enumerate(panel.queries)
    }
    if len(panel.queries) == 1:
        names = {"Value": panel.queries[0].name}
    order = [*panel.labels, *names]
    made["transformations"] = [
        {"id": "merge", "options": {}},
        {
            "id": "organize",
            "options": {
                "excludeByName": {"Time": True},
                "indexByName": {name: at for at, name in enumerate(order)},
                "renameByName": names,
            },
        },
    ]
    if panel.sort:
        made["options"] = {**made["options"], "sortBy": [{"desc": True, "displayName": panel.sort}]}
    made["fieldConfig"]["overrides"] = [
        *(_linked(label, board) for label in panel.labels if links_of([label], board, "")),
        *(_looks(query) for query in panel.queries),
    ]
    return made


def _linked(label: str, board: Board) -> dict[str, Any]:
    links = links_of([label], board, "__data.fields")
    return {
        "matcher": {"id": "byName", "options": label},
        "properties": [{"id": "links", "value": links}],
    }


def _looks(query: Query) -> dict[str, Any]:
    """Return how the column of a query looks."""
    properties: list[dict[str, Any]] = [{"id": "unit", "value": query.unit}]
    if query.steps:
        properties.append({"id": "thresholds", "value": _thresholds(query.steps)})
    if query.words:
        properties.append({"id": "mappings", "value": _mappings(query.words)})
    if query.steps or query.words:
        look = {"type": "color-text"}
        properties.append({"id": "custom.cellOptions", "value": look})
    return {"matcher": {"id": "byName", "options": query.name}, "properties": properties}
