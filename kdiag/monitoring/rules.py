"""Alert rules as files: for Prometheus itself, and as a resource of its operator."""

from collections.abc import Sequence
from typing import Any

import yaml

from kdiag.monitoring.alerts import ALERTS, Alert
from kdiag.monitoring.dashboards.panel import (
    CLUSTER_UID,
    EXPORTER_UID,
    GROUP_UID,
    PIPELINE_UID,
)

RUNBOOKS = "runbooks/{page}.md"
"""Where runbooks are: in the repository, unless told."""

GRAFANA = ""
"""Where Grafana is: links are paths on it, unless told."""

_HEAD = "# Made by: kdiag manifests {kind}\n"


def rules(runbooks: str = RUNBOOKS, grafana: str = GRAFANA) -> str:
    """Return a rule file for Prometheus. runbooks: URL of a page, with {page} in it."""
    return _HEAD.format(kind="rules") + _yaml({"groups": _groups(runbooks, grafana)})


def resource(runbooks: str = RUNBOOKS, grafana: str = GRAFANA) -> str:
    """Return a PrometheusRule for the Prometheus operator."""
    document = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "kdiag", "labels": {"app.kubernetes.io/name": "kdiag"}},
        "spec": {"groups": _groups(runbooks, grafana)},
    }
    return _HEAD.format(kind="prometheus-rule") + _yaml(document)


def _groups(runbooks: str, grafana: str) -> list[dict[str, Any]]:
    own = [alert for alert in ALERTS if _component(alert) == "kdiag"]
    rest = [alert for alert in ALERTS if alert not in own]
    groups: dict[str, Sequence[Alert]] = {"kdiag": own, "kafka": rest}
    return [
        {"name": name, "rules": [_rule(alert, runbooks, grafana) for alert in alerts]}
        for name, alerts in groups.items()
    ]


_PIPELINE = ("KafkaConnect", "KafkaSink", "KafkaKsqldb", "KafkaReplicationSlot", "KafkaPostgres")


def _component(alert: Alert) -> str:
    """Return what an alert is about."""
    if alert.name.startswith("Kdiag"):
        return "kdiag"
    if alert.name.startswith(_PIPELINE):
        return "pipeline"
    return "consumer" if "consumergroup" in alert.expr else "kafka"


_DASHBOARDS = {
    "kdiag": f"/d/{EXPORTER_UID}",
    "kafka": f"/d/{CLUSTER_UID}?var-kafka_cluster={{{{ $labels.kafka_cluster | urlquery }}}}",
    "pipeline": f"/d/{PIPELINE_UID}?var-kafka_cluster={{{{ $labels.kafka_cluster | urlquery }}}}",
    "consumer": f"/d/{GROUP_UID}?var-kafka_cluster={{{{ $labels.kafka_cluster | urlquery }}}}"
    "&var-consumergroup={{ $labels.consumergroup | urlquery }}",
}


def _rule(alert: Alert, runbooks: str, grafana: str) -> dict[str, Any]:
    component = _component(alert)
    labels = {"severity": alert.severity, "component": component}
    if alert.check:
        labels["check"] = alert.check
    waits = {"for": alert.wait, "keep_firing_for": alert.keep}
    return {
        "alert": alert.name,
        "expr": alert.expr,
        **{key: value for key, value in waits.items() if value not in ("", "0m")},
        "labels": labels,
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": runbooks.replace("{page}", alert.page),
            "dashboard_url": grafana + _DASHBOARDS[component],
        },
    }


def _yaml(document: Any) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=100, allow_unicode=True)
