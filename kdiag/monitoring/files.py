"""The files for Prometheus and Grafana, by the name that `kdiag manifests` has for them."""

import json
from collections.abc import Callable, Mapping

from kdiag.monitoring.dashboards import BOARDS, document
from kdiag.monitoring.dashboards.panel import Board
from kdiag.monitoring.rules import resource, rules

Maker = Callable[[str, str], str]
"""URL of a runbook with {page} in it, URL of Grafana → text of the file."""


def _dashboard(board: Board) -> Maker:
    return lambda *_: json.dumps(document(board), indent=2, sort_keys=True) + "\n"


FILES: Mapping[str, tuple[str, Maker]] = {
    "rules": ("prometheus/kdiag.rules.yml", rules),
    "prometheus-rule": ("prometheus/prometheusrule.yml", resource),
    **{
        board.uid.replace("kdiag", "dashboard"): (
            f"dashboards/{board.uid}.json",
            _dashboard(board),
        )
        for board in BOARDS
    },
}
"""Name → where the file is in grafana/, and what makes it."""
