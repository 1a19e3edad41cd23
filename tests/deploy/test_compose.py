"""The compose file, against the schema of compose files and against what is there."""

import json
import re
import subprocess

import jsonschema
import pytest
import yaml

import kdiag
from kdiag.monitoring.rules import rules
from tests.deploy import tools
from tests.deploy.containerfile import ROOT
from tests.live.prometheus import binary

HOME = ROOT / "deploy/compose"
FILE = HOME / "compose.yaml"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(FILE.read_text())


def test_it_is_what_docker_compose_takes(compose):
    home = tools.module(tools.COMPOSE)
    if home is None:
        pytest.skip("needs the schema of compose files: no go, or no module proxy")
    schema = json.loads((home / "schema/compose-spec.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)

    validator.validate(compose)
    compose["services"]["kdiag"]["readonly"] = True
    with pytest.raises(jsonschema.ValidationError, match="readonly"):
        validator.validate(compose)
    del compose["services"]["kdiag"]["readonly"]


def test_images_are_pinned_and_ours_is_this_version(compose):
    images = {name: service["image"] for name, service in compose["services"].items()}

    assert images["kdiag"] == f"kdiag:{kdiag.__version__}"
    for image in images.values():
        assert re.search(r":v?\d+\.\d+\.\d+$", image)


def test_everything_is_reached_from_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service["ports"]]

    assert len(ports) >= 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_what_is_mounted_and_built_is_there(compose):
    mounted = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
    ]
    build = compose["services"]["kdiag"]["build"]

    assert (HOME / build["context"] / build["dockerfile"]).is_file()
    for name in mounted:
        assert (HOME / name).exists() if name.startswith(".") else name in compose["volumes"]


def test_services_find_each_other(compose):
    """Whoever is named as HOST:PORT is a service, and listens there."""
    services = compose["services"]
    listens = {"kafka": "9092", "prometheus": "9090", "kdiag": "11308"}
    text = json.dumps(compose) + (HOME / "prometheus.yml").read_text()

    named = re.findall(rf"\b({'|'.join(listens)}):(\d{{4,5}})\b", text)
    assert {name for name, _ in named} == set(listens)
    for name, port in named:
        assert name in services
        assert port == listens[name] or (name, port) == ("kafka", "9093")


def test_dashboards_are_where_the_provisioning_looks_for_them(compose):
    provider = yaml.safe_load((ROOT / "grafana/provisioning/dashboards/kdiag.yaml").read_text())
    source = (ROOT / "grafana/provisioning/datasources/kdiag.yaml").read_text()
    grafana = compose["services"]["grafana"]
    mounts = dict(volume.split(":")[:2] for volume in grafana["volumes"])

    assert mounts["../../grafana/provisioning"] == "/etc/grafana/provisioning"
    assert [mounts["../../grafana/dashboards"]] == [
        each["options"]["path"] for each in provider["providers"]
    ]
    assert set(re.findall(r"\$\{(\w+)\}", source)) <= set(grafana["environment"])


def test_promtool_takes_the_configuration_with_its_rules(compose, tmp_path):
    prometheus = binary()
    if prometheus is None:
        pytest.skip("needs promtool, of Debian's package prometheus")
    for volume in compose["services"]["prometheus"]["volumes"]:
        source, target = volume.split(":")[:2]
        if source.startswith("."):
            (tmp_path / target.rpartition("/")[2]).write_text((HOME / source).read_text())
    assert (tmp_path / "kdiag.rules.yml").read_text() == rules()

    done = subprocess.run(  # noqa: S603
        [prometheus.with_name("promtool"), "check", "config", tmp_path / "prometheus.yml"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert f"{rules().count('- alert:')} rules found" in done.stdout
