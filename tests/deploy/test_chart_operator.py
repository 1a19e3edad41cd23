"""Resources of the Prometheus operator, against the definitions that it installs."""

import copy

import jsonschema
import pytest
import yaml

from tests.deploy import tools
from tests.deploy.rendering import VALUES, only, render

pytestmark = pytest.mark.timeout(900)


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


def test_the_monitor_finds_the_service_and_its_port(helm):
    documents = render(helm, VALUES["everything"])
    monitor, service = only(documents, "ServiceMonitor"), only(documents, "Service")

    selector = monitor["spec"]["selector"]["matchLabels"]
    assert selector.items() <= service["metadata"]["labels"].items()
    [endpoint] = monitor["spec"]["endpoints"]
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    assert service["metadata"]["labels"][monitor["spec"]["jobLabel"]] == "kdiag"
