"""The chart: what helm says of it, and whether Kubernetes would take what it renders."""

import copy
import json
import shutil
import subprocess
import tarfile

import jsonschema
import kubernetes_validate
import pytest
import yaml
from hatchling.build import build_sdist

import kdiag
from kdiag.monitoring.rules import resource, rules
from tests.deploy import tools
from tests.deploy.rendering import (
    AUDIT,
    CHART,
    CLUSTERS,
    ONE,
    OPERATOR,
    ROOT,
    VALUES,
    only,
    pods,
    render,
    run,
)

pytestmark = pytest.mark.timeout(900)

DASHBOARDS = ROOT / "grafana/dashboards"
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


@pytest.fixture(scope="module")
def definitions():
    """Kind → validator of the resources of the Prometheus operator, unknown keys refused."""
    home = tools.module(tools.PROMETHEUS_OPERATOR)
    if home is None:
        pytest.skip("needs the definitions of the Prometheus operator: no go, or no module proxy")
    found = {}
    for kind in ("servicemonitors", "prometheusrules"):
        path = home / f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}.yaml"
        spec = yaml.safe_load(path.read_text())["spec"]
        [version] = [each for each in spec["versions"] if each["storage"]]
        schema = strict(version["schema"]["openAPIV3Schema"])
        found[spec["names"]["kind"]] = jsonschema.Draft202012Validator(schema)
    return found


def strict(schema):
    """Return a schema that refuses keys which it does not name; metadata is free there."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made


@pytest.mark.parametrize("name", ["everything", "TLS"])
def test_the_operator_takes_its_resources(helm, definitions, name):
    documents = [each for each in render(helm, VALUES[name]) if each["kind"] in definitions]

    assert {each["kind"] for each in documents} == {"ServiceMonitor", "PrometheusRule"}
    for document in documents:
        definitions[document["kind"]].validate(document)
        wrong = copy.deepcopy(document)
        wrong["spec"]["selektor"] = {}
        with pytest.raises(jsonschema.ValidationError, match="selektor"):
            definitions[document["kind"]].validate(wrong)


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


def test_the_monitor_finds_the_service_and_its_port(helm):
    documents = render(helm, VALUES["everything"])
    monitor, service = only(documents, "ServiceMonitor"), only(documents, "Service")

    assert selected(monitor).items() <= service["metadata"]["labels"].items()
    [endpoint] = monitor["spec"]["endpoints"]
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    assert service["metadata"]["labels"][monitor["spec"]["jobLabel"]] == "kdiag"


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


def test_the_audit_starts_once_and_does_not_repeat_what_another_try_does_not_change(helm):
    job = only(render(helm, {**ONE, **AUDIT}), "CronJob")
    spec = job["spec"]["jobTemplate"]["spec"]

    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert spec["backoffLimit"] == 1
    actions = {
        code: rule["action"]
        for rule in spec["podFailurePolicy"]["rules"]
        for code in rule.get("onExitCodes", {}).get("values", ())
    }
    assert actions == {2: "FailJob", 10: "FailJob"}
    [name] = {
        rule["onExitCodes"]["containerName"]
        for rule in spec["podFailurePolicy"]["rules"]
        if "onExitCodes" in rule
    }
    assert [each["name"] for each in spec["template"]["spec"]["containers"]] == [name]


def test_there_is_an_audit_for_each_cluster_with_its_own_address_and_folder(helm):
    jobs = [
        each
        for each in render(helm, VALUES["audit of several clusters"])
        if each["kind"] == "CronJob"
    ]
    data = only(render(helm, CLUSTERS), "ConfigMap")["data"]

    found = {}
    for job in jobs:
        [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        [address] = [each for each in container["env"] if each["name"] == "KDIAG_BOOTSTRAP_SERVER"]
        [folder] = [each for each in container["volumeMounts"] if each["name"] == "data"]
        found[folder["subPath"]] = data[address["valueFrom"]["configMapKeyRef"]["key"]]
    assert found == {"billing": "b1:9092", "orders": "o1:9093,o2:9093"}


def test_a_name_that_is_too_long_for_a_cron_job_is_said(helm):
    clusters = {"clusters": {"c" * 40: {"bootstrapServer": "b:9092"}}, "audit": {"enabled": True}}
    done = run(helm, "template", "production", str(CHART), "--kube-version=1.37", values=clusters)

    assert done.returncode != 0
    assert "more than 52 characters; set fullnameOverride" in done.stderr


def test_the_rules_are_those_of_this_version(helm):
    found = only(render(helm, {**ONE, **OPERATOR}), "PrometheusRule")

    assert found["spec"] == yaml.safe_load(resource())["spec"]
    assert (CHART / "files/kdiag.rules.yml").read_text() == rules()


def test_the_rules_lead_to_runbooks_and_dashboards_where_they_are(helm):
    runbooks, grafana = "https://docs.example/{page}/", "https://grafana.example"
    given = {"enabled": True, "runbookUrl": runbooks, "grafanaUrl": f"{grafana}/"}

    found = only(render(helm, {**ONE, "prometheusRule": given}), "PrometheusRule")

    assert found["spec"] == yaml.safe_load(resource(runbooks, grafana))["spec"]


def test_each_dashboard_is_a_config_map_for_the_sidecar(helm):
    files = sorted(DASHBOARDS.glob("*.json"))
    found = [
        each
        for each in render(helm, {**ONE, **OPERATOR})
        if each["metadata"]["labels"].get("grafana_dashboard") == "1"
    ]

    texts = {name: text for each in found for name, text in each["data"].items()}
    assert {name: json.loads(text) for name, text in texts.items()} == {
        file.name: json.loads(file.read_text()) for file in files
    }
    assert len(found) == len(files) > 0


def test_the_chart_has_a_link_to_each_dashboard():
    """Links to files: one to a folder would take the folder's place in a source distribution."""
    links = sorted((CHART / "files/dashboards").iterdir())

    assert [link.resolve() for link in links] == sorted(DASHBOARDS.glob("*.json"))
    assert all(link.is_symlink() and not link.is_dir() for link in links)


def test_a_source_distribution_keeps_what_the_chart_links_to(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    with tarfile.open(tmp_path / build_sdist(str(tmp_path))) as archive:
        files = {each.name.partition("/")[2] for each in archive if each.isfile()}

    linked = [link.resolve() for link in (CHART / "files").rglob("*") if link.is_symlink()]
    assert {str(path.relative_to(ROOT)) for path in linked} <= files
    assert len(linked) > len(list(DASHBOARDS.glob("*.json")))


def test_a_packaged_chart_holds_the_files_and_not_links_to_them(helm, tmp_path):
    done = run(helm, "package", str(CHART), "--destination", str(tmp_path))
    assert done.returncode == 0, done.stderr

    with tarfile.open(tmp_path / f"kdiag-{kdiag.__version__}.tgz") as package:
        members = {each.name: each for each in package.getmembers()}
        held = package.extractfile("kdiag/files/kdiag.rules.yml").read().decode()
    assert held == rules()
    assert all(each.isfile() for each in members.values())
    dashboards = {f"kdiag/files/dashboards/{file.name}" for file in DASHBOARDS.glob("*.json")}
    assert dashboards <= set(members)


def test_a_packaged_chart_renders_as_the_folder_does(helm, tmp_path):
    run(helm, "package", str(CHART), "--destination", str(tmp_path))
    [package] = tmp_path.glob("*.tgz")
    command = [helm, "template", "lag", str(package), "--kube-version", "1.37"]
    done = subprocess.run(  # noqa: S603
        [*command, "--namespace", "monitoring", "--values", "-"],
        input=yaml.safe_dump(VALUES["everything"]),
        capture_output=True,
        text=True,
        check=True,
    )

    packed = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert packed == render(helm, VALUES["everything"])


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


def test_the_notes_name_the_service_and_how_it_is_served(helm, tmp_path):
    """helm shows notes only where there is a cluster: here they are rendered as a document."""
    chart = tmp_path / "kdiag"
    shutil.copytree(CHART, chart)
    (chart / "templates/NOTES.txt").rename(chart / "files/notes.txt")
    notes = 'notes: {{ tpl (.Files.Get "files/notes.txt") . | toJson }}'
    (chart / "templates/notes.yaml").write_text(notes)
    place = ("--namespace", "monitoring", "--kube-version", "1.37")

    done = run(helm, "template", "lag", str(chart), *place, values=VALUES["TLS"])

    [text] = [each["notes"] for each in yaml.safe_load_all(done.stdout) if each and "notes" in each]
    assert "kubectl --namespace monitoring port-forward service/lag-kdiag 11308\n" in text
    assert "https://127.0.0.1:11308/" in text
