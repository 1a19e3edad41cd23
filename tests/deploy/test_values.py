"""Values of the chart: what is allowed is described, and anything else is refused by name."""

import json

import jsonschema
import pytest
import yaml

from kdiag.wire.addresses import parse_addresses
from tests.deploy.rendering import CHART, CLUSTERS, ONE, VALUES, render, run

pytestmark = pytest.mark.timeout(900)

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
DEFAULTS = yaml.safe_load((CHART / "values.yaml").read_text())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**ONE, "replicas": 2}, "replicas"),
        ({**ONE, "exporter": {"prot": 1}}, "prot"),
        ({**ONE, "exporter": {"port": 70000}}, "/exporter/port"),
        ({**ONE, "exporter": {"extraArgs": "--granularity=topic"}}, "/exporter/extraArgs"),
        ({**ONE, "exporter": {"probes": {"kind": "exec"}}}, "'http', 'tcp'"),
        ({**ONE, "exporter": {"probes": {"liveness": {"path": "/"}}}}, "path"),
        ({"bootstrapServer": "kafka:broker"}, "/bootstrapServer"),
        ({"bootstrapServer": "kafka:9092;other:9092"}, "/bootstrapServer"),
        ({"clusters": {"orders": {}}}, "bootstrapServer"),
        ({"clusters": {"Orders": {"bootstrapServer": "o:9092"}}}, "'Orders' does not match"),
        ({"clusters": {"orders": {"bootstrapServer": ""}}}, "/clusters/orders/bootstrapServer"),
        ({**CLUSTERS, "shards": 0}, "/shards"),
        ({**ONE, "image": {"digest": "latest"}}, "/image/digest"),
        ({**ONE, "image": {"pullPolicy": "Sometimes"}}, "'Always', 'IfNotPresent', 'Never'"),
        ({**ONE, "audit": {"schedule": "daily"}}, "/audit/schedule"),
        ({**ONE, "audit": {"args": []}}, "/audit/args"),
        ({**ONE, "serviceMonitor": {"interval": "soon"}}, "/serviceMonitor/interval"),
        ({**ONE, "prometheusRule": {"runbookUrl": "https://a"}}, "/prometheusRule/runbookUrl"),
        ({**ONE, "networkPolicy": {"kafkaPorts": ["9092"]}}, "/networkPolicy/kafkaPorts/0"),
        ({**ONE, "podLabels": {"a": 1}}, "/podLabels/a"),
        ({**ONE, "extraVolumes": [{"emptyDir": {}}]}, "/extraVolumes/0"),
        ({}, "bootstrapServer is missing: HOST:PORT of a broker, or clusters"),
        ({**ONE, **CLUSTERS}, "exclude each other"),
        ({**ONE, "shards": 2}, "shards shares the clusters"),
    ],
    ids=str,
)
def test_wrong_values_are_refused_by_name(helm, values, said):
    done = run(helm, "template", "lag", str(CHART), "--kube-version=1.37", values=values)

    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(
    "address",
    [
        "kafka",
        "SSL://kafka:9093",
        "k1.example.org:9092, k2:9093",
        "10.0.0.1:1",
        "[2001:db8::1]:9092",
    ],
)
def test_addresses_that_kdiag_takes_are_taken(helm, address):
    assert parse_addresses(address)
    assert render(helm, {"bootstrapServer": address})


def test_a_parent_chart_may_share_its_values(helm):
    assert render(helm, {**ONE, "global": {"imageRegistry": "registry.example"}})


def test_the_defaults_fit_the_schema_and_name_all_values():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(DEFAULTS, SCHEMA)
    for values in VALUES.values():
        jsonschema.validate(values, SCHEMA)

    assert {*DEFAULTS, "global"} == set(SCHEMA["properties"])


def tables(schema, where=""):
    """Yield where each table with a fixed set of keys is, and its schema."""
    properties = schema.get("properties", {})
    if properties:
        yield where, schema
    for name, inner in properties.items():
        yield from tables(inner, f"{where}/{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from tables(schema[word], f"{where}/*")


def test_every_table_is_closed_and_every_value_described():
    found = [
        *tables(SCHEMA),
        *(each for one in SCHEMA["definitions"].values() for each in tables(one)),
    ]

    assert len(found) > 15
    for where, table in found:
        assert table["additionalProperties"] is False, where
        for name, value in table["properties"].items():
            if name not in ("requests", "limits"):
                assert value.get("description", "").endswith("."), f"{where}/{name}"
