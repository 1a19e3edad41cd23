"""Alert rules as files: for Prometheus itself, and as a resource of its operator."""

from collections.abc import Sequence
from typing import Any

import yaml

from kdiag.monitoring.alerts import ALERTS, Alert

RUNBOOKS = "runbooks/{page}.md"
"""Where runbooks are: in the repository, unless told."""

_HEAD = "# Made by: kdiag manifests {kind}\n"


def rules(runbooks: str = RUNBOOKS) -> str:
    """Return a rule file for Prometheus. runbooks: URL of a page, with {page} in it."""
    return _HEAD.format(kind="rules") + _yaml({"groups": _groups(runbooks)})


def resource(runbooks: str = RUNBOOKS) -> str:
    """Return a PrometheusRule for the Prometheus operator."""
    document = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "kdiag", "labels": {"app.kubernetes.io/name": "kdiag"}},
        "spec": {"groups": _groups(runbooks)},
    }
    return _HEAD.format(kind="prometheus-rule") + _yaml(document)


def _groups(runbooks: str) -> list[dict[str, Any]]:
    own = [alert for alert in ALERTS if alert.name.startswith("Kdiag")]
    rest = [alert for alert in ALERTS if alert not in own]
    return [_group("kdiag", own, runbooks), _group("kafka", rest, runbooks)]


def _group(name: str, alerts: Sequence[Alert], runbooks: str) -> dict[str, Any]:
    return {"name": name, "rules": [_rule(alert, runbooks) for alert in alerts]}


def _rule(alert: Alert, runbooks: str) -> dict[str, Any]:
    component = "consumer" if "consumergroup" in alert.expr else "kafka"
    labels = {
        "severity": alert.severity,
        "component": "kdiag" if alert.name.startswith("Kdiag") else component,
    }
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
        },
    }


def _yaml(document: Any) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=100, allow_unicode=True)
