"""The chart: what helm says of it, and whether Kubernetes would take what it renders."""

import kubernetes_validate
import pytest
import yaml

import kdiag
from tests.deploy.rendering import (
    CHART,
    ONE,
    VALUES,
    only,
    pods,
    render,
    run,
)

pytestmark = pytest.mark.timeout(900)

KUBERNETES = ("1.29", "1.37")
"""The oldest that the chart allows, and the newest whose schemas are known."""

EACH = pytest.mark.parametrize("name", VALUES)


@EACH
def test_lint_finds_nothing(helm, name):
    done = run(helm, "lint", "--strict", str(CHART), "--kube-version", "1.37", values=VALUES[name])

    assert done.returncode == 0, done.stdout + done.stderr
    assert "[WARNING]" not in done.stdout


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@EACH
def test_kubernetes_takes_what_is_rendered(helm, name, kubernetes):
    documents = render(helm, VALUES[name], kubernetes=kubernetes)
    core = [each for each in documents if "monitoring.coreos.com" not in each["apiVersion"]]

    assert core
    for document in core:
        kubernetes_validate.validate(document, kubernetes, strict=True)


def test_the_validation_would_find_a_misspelt_key(helm):
    document = only(render(helm, ONE), "Deployment")
    document["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}

    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(document, "1.37", strict=True)


@EACH
def test_pods_have_the_least_rights(helm, name):
    for pod in pods(render(helm, VALUES[name])):
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] == 65532
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert container["resources"]["limits"]["memory"]


@EACH
def test_two_releases_select_nothing_of_each_other(helm, name):
    one, other = (render(helm, VALUES[name], release) for release in ("one", "other"))

    assert not {key(each) for each in one} & {key(each) for each in other}
    labels = [pod["metadata"]["labels"] for pod in pods(other)]
    assert labels
    for selector in filter(None, map(selected, one)):
        assert not any(selector.items() <= each.items() for each in labels)
    for selector in filter(None, map(selected, other)):
        assert any(selector.items() <= each.items() for each in labels)


def key(document):
    return document["kind"], document["metadata"]["name"]


def selected(document):
    """Return the labels by which a document finds pods; a Service's are those of a monitor."""
    spec = document.get("spec", {})
    selector = spec.get("selector") or spec.get("podSelector") or {}
    return selector.get("matchLabels", selector)


def test_one_process_is_never_two(helm):
    spec = only(render(helm, ONE), "Deployment")["spec"]

    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_shards_take_their_number_from_the_pod(helm):
    spec = only(render(helm, VALUES["shards"]), "StatefulSet")["spec"]
    [container] = spec["template"]["spec"]["containers"]

    assert spec["replicas"] == 3
    assert "--shard=$(POD_INDEX)/3" in container["args"]
    [index] = [each for each in container["env"] if each["name"] == "POD_INDEX"]
    path = index["valueFrom"]["fieldRef"]["fieldPath"]
    assert path == "metadata.labels['apps.kubernetes.io/pod-index']"


def test_a_changed_setting_starts_pods_anew(helm):
    def checksums(values):
        return {pod["metadata"]["annotations"]["checksum/config"] for pod in pods(values)}

    one = checksums(render(helm, ONE))
    assert one == checksums(render(helm, ONE))
    assert one != checksums(render(helm, {**ONE, "config": "[exporter]\ninterval = 60\n"}))


def test_chart_and_image_have_the_version_of_kdiag(helm):
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert chart["version"] == chart["appVersion"] == kdiag.__version__
    for pod in pods(render(helm, ONE)):
        assert [each["image"] for each in pod["spec"]["containers"]] == [
            f"kdiag:{kdiag.__version__}"
        ]


def test_a_digest_beats_the_tag(helm):
    image = {"repository": "registry.example/kdiag", "tag": "1", "digest": f"sha256:{'0' * 64}"}

    [pod] = pods(render(helm, {**ONE, "image": image}))

    expected = f"registry.example/kdiag@sha256:{'0' * 64}"
    assert [each["image"] for each in pod["spec"]["containers"]] == [expected]
