"""The plain manifests: what the chart renders, and nothing that only helm understands."""

import kubernetes_validate
import pytest
import yaml

from kdiag.monitoring.rules import resource
from tests.deploy.manifests import HOME, manifests
from tests.deploy.rendering import only, pods

BY_HAND = {"namespace.yaml", "kustomization.yaml", "values.yaml"}


def texts():
    return {path.name: path.read_text() for path in HOME.iterdir() if path.name not in BY_HAND}


@pytest.fixture(scope="module")
def documents():
    made = [yaml.safe_load(text) for text in texts().values()]
    return [*made, yaml.safe_load((HOME / "namespace.yaml").read_text())]


@pytest.mark.timeout(900)
def test_they_are_the_chart_with_the_values_beside_them(helm):
    assert texts() == manifests(helm)


def test_nothing_of_helm_is_left(documents):
    assert not [name for name, text in texts().items() if "helm" in text.lower()]
    assert not [name for name, text in texts().items() if "checksum" in text]


def test_the_address_is_in_one_place(documents):
    address = yaml.safe_load((HOME / "values.yaml").read_text())["bootstrapServer"]

    assert [name for name, text in texts().items() if address in text] == ["configmap.yaml"]
    assert only(documents, "ConfigMap")["data"]["bootstrap-server"] == address


@pytest.mark.parametrize("kubernetes", ["1.29", "1.37"])
def test_kubernetes_takes_them(documents, kubernetes):
    core = [each for each in documents if "monitoring.coreos.com" not in each["apiVersion"]]

    assert len(core) == len(documents) - 2
    for document in core:
        kubernetes_validate.validate(document, kubernetes, strict=True)


def test_the_kustomization_lists_files_that_are_there_and_leaves_out_none_in_silence():
    text = (HOME / "kustomization.yaml").read_text()
    document = yaml.safe_load(text)
    offered = yaml.safe_load(text.replace("  # - ", "  - "))

    assert document["namespace"] == "kdiag"
    assert {"namespace.yaml", *texts()} == set(offered["resources"])
    assert set(document["resources"]) < set(offered["resources"])


def test_pods_may_run_where_only_restricted_ones_may(documents):
    """The namespace enforces the profile `restricted` of Pod Security Standards."""
    enforced = only(documents, "Namespace")["metadata"]["labels"]
    assert enforced["pod-security.kubernetes.io/enforce"] == "restricted"

    found = pods(documents)
    assert len(found) == 2
    for pod in found:
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        for container in pod["spec"]["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]


def test_the_rules_are_those_of_this_version(documents):
    assert only(documents, "PrometheusRule")["spec"] == yaml.safe_load(resource())["spec"]
