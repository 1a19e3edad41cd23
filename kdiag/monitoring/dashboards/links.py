"""From what a panel names to the dashboard that tells more of it."""

from collections.abc import Sequence
from typing import Any

from kdiag.monitoring.dashboards.panel import CLUSTER_UID, GROUP_UID, TOPIC_UID, Board

_LEVELS = {
    "kafka_cluster": ("Cluster", CLUSTER_UID),
    "consumergroup": ("Group", GROUP_UID),
    "topic": ("Topic", TOPIC_UID),
}
_PASSED_ON = ("datasource", "job", "kafka_cluster")


def links_of(labels: Sequence[str], board: Board, values: str) -> list[dict[str, Any]]:
    """Return links for labels that have a dashboard, other than this one.

    values: where Grafana has their values, __data.fields of a table or __field.labels of a series.
    """
    return [_link(label, board, values) for label in labels if _leads_away(label, board)]


def _leads_away(label: str, board: Board) -> bool:
    return label in _LEVELS and _LEVELS[label][1] != board.uid


def _link(label: str, board: Board, values: str) -> dict[str, Any]:
    title, uid = _LEVELS[label]
    known = {"datasource", *(one.name for one in board.variables)}
    passed = [f"${{{name}:queryparam}}" for name in _PASSED_ON if name in known and name != label]
    query = "&".join((*passed, f"var-{label}=${{{values}.{label}}}", "${__url_time_range}"))
    return {"title": title, "url": f"/d/{uid}?{query}"}
