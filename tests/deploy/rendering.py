"""What the chart renders to, by values."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/kdiag"

ONE = {"bootstrapServer": "kafka:9092"}
CREDENTIALS = {"existingSecret": "kafka-client"}
CLUSTERS = {
    "clusters": {
        "orders": {"bootstrapServer": "o1:9093,o2:9093", "clientProperties": CREDENTIALS},
        "billing": {"bootstrapServer": "b1:9092"},
    }
}
OPERATOR = {
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
    "dashboards": {"enabled": True},
}
POLICY = {
    "networkPolicy": {
        "enabled": True,
        "ingressFrom": [{"namespaceSelector": {"matchLabels": {"team": "monitoring"}}}],
        "extraEgress": [{"ports": [{"port": 9999, "protocol": "TCP"}]}],
    }
}
AUDIT = {"audit": {"enabled": True, "persistence": {"enabled": True, "storageClass": "fast"}}}
PLACED = {
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {"podAntiAffinity": {}},
    "priorityClassName": "monitoring",
    "podLabels": {"team": "monitoring"},
    "podAnnotations": {"example.org/owner": "monitoring"},
    "imagePullSecrets": [{"name": "registry"}],
    "extraEnv": [{"name": "KDIAG_VERBOSE", "value": "1"}],
    "envFrom": [{"secretRef": {"name": "kdiag-environment"}}],
    "extraVolumes": [{"name": "jmx", "secret": {"secretName": "jmx"}}],
    "extraVolumeMounts": [{"name": "jmx", "mountPath": "/etc/kdiag/jmx", "readOnly": True}],
}

VALUES: dict[str, dict[str, Any]] = {
    "one cluster": ONE,
    "credentials": {**ONE, "clusterName": "orders", "clientProperties": CREDENTIALS},
    "several clusters": {**CLUSTERS, "config": "[exporter]\ninterval = 60\n"},
    "shards": {**CLUSTERS, "shards": 3},
    "audit": {**ONE, **AUDIT},
    "audit as files": {
        **ONE,
        "audit": {
            **AUDIT["audit"],
            "args": ["audit", "--output-dir", "/var/lib/kdiag/reports"],
        },
    },
    "audit of several clusters": {**CLUSTERS, "audit": {"enabled": True}},
    "audit only": {**ONE, **AUDIT, "exporter": {"enabled": False}},
    "TLS": {
        **ONE,
        **OPERATOR,
        "exporter": {"web": {"existingSecret": "kdiag-web", "tls": True}},
    },
    "users": {
        **ONE,
        "exporter": {"web": {"existingSecret": "kdiag-web"}, "probes": {"kind": "tcp"}},
    },
    "from the environment": {"envFrom": [{"configMapRef": {"name": "kafka"}}]},
    "everything": {
        **CLUSTERS,
        **OPERATOR,
        **POLICY,
        **AUDIT,
        **PLACED,
        "shards": 2,
        "config": "[checks.disk-usage-high]\nwarning_ratio = 0.9\n",
        "exporter": {
            "extraArgs": ["--granularity=topic", "--lag-slo", "^payments-=60", "--lag-slo=600"],
            "web": {"existingSecret": "kdiag-web", "tls": True},
        },
    },
}
"""Name → values that the chart must render, as they may be given."""

Document = dict[str, Any]


def run(helm: str, *argv: str, values: dict[str, Any] | None = None) -> "Done":
    """Run helm on some values."""
    given = [] if values is None else ["--values", "-"]
    return subprocess.run(  # noqa: S603
        [helm, *argv, *given],
        input=yaml.safe_dump(values or {}),
        capture_output=True,
        text=True,
        check=False,
    )


Done = subprocess.CompletedProcess[str]


def render(
    helm: str, values: dict[str, Any], release: str = "lag", kubernetes: str = "1.37"
) -> list[Document]:
    """Return the documents that a release is made of."""
    place = ("--namespace", "monitoring", "--kube-version", kubernetes)
    done = run(helm, "template", release, str(CHART), *place, values=values)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def only(documents: list[Document], kind: str) -> Document:
    """Return the one document of a kind."""
    [found] = [each for each in documents if each["kind"] == kind]
    return found


def pods(documents: list[Document]) -> list[Document]:
    """Return the pod templates of a release."""
    found = []
    for each in documents:
        if each["kind"] == "CronJob":
            found.append(each["spec"]["jobTemplate"]["spec"]["template"])
        elif "template" in each.get("spec", {}):
            found.append(each["spec"]["template"])
    return found
