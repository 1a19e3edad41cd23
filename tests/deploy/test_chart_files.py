"""What the chart takes from elsewhere: alert rules and dashboards, in the folder and packaged."""

import json
import shutil
import subprocess
import tarfile

import pytest
import yaml
from hatchling.build import build_sdist

import kdiag
from kdiag.monitoring.rules import resource, rules
from tests.deploy.rendering import CHART, ONE, OPERATOR, ROOT, VALUES, only, render, run

pytestmark = pytest.mark.timeout(900)

DASHBOARDS = ROOT / "grafana/dashboards"


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
