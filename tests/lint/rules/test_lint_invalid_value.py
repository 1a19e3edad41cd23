import pytest

from kdiag.lint.reading import Asked

ID = "lint-invalid-value"
FIRES = "acks=all\nlinger.ms=5ms\n"
SILENT = "acks=all\nlinger.ms=${env:LINGER}\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 2)
    assert "linger.ms=5ms" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])


@pytest.mark.parametrize(
    "text",
    [
        "acks=ALL\n",
        "compression.type=LZ4\n",
        "auto.offset.reset=earlest\n",
        "auto.offset.reset=EARLIEST\n",
        "application.id=a\ngroup.protocol=consumer\n",
        "bootstrap.servers=localhost\n",
        "bootstrap.servers=a:9092,b\n",
        "bootstrap.servers=\n",
    ],
)
def test_javas_clients_mind_the_case_and_want_ports(worst, text):
    severity, _, _ = worst(ID, text, asked=Asked(library="java"))

    assert severity == "critical"


@pytest.mark.parametrize(
    "text",
    [
        "auto.offset.reset=by_duration:PT1H\n",
        "security.protocol=sasl_ssl\n",
        "application.id=a\ngroup.protocol=streams\n",
        "bootstrap.servers=SASL_SSL://a-b.c_d:9092, [::1]:9093,\n",
        "bootstrap.servers=${env:BROKERS}\n",
    ],
)
def test_what_javas_clients_take_is_right(lint, text):
    assert lint(ID, text, asked=Asked(library="java")) == ("ok", [])


@pytest.mark.parametrize(
    ("text", "severity", "words"),
    [
        ("linger.ms=x\n", "critical", "must be a number"),
        ("linger.ms=-1\n", "critical", "0 .. 900000"),
        ("acks=1001\n", "critical", "-1 .. 1000"),
        ("enable.idempotence=yes\n", "critical", "true or false"),
        ("debug=broker,foo\n", "critical", "one of generic"),
        ("session.timeout.ms=45s\n", "warning", "read as 45:"),
        ("retries=5.5\n", "warning", "read as 5:"),
        ("linger.ms=5ms\n", "warning", "read as 5:"),
    ],
)
def test_librdkafka_reads_as_c_does(worst, text, severity, words):
    found = worst(ID, text, asked=Asked(library="librdkafka"))

    assert found[0] == severity
    assert words in found[2]


@pytest.mark.parametrize(
    "text",
    [
        "enable.idempotence=1\n",
        "acks=ALL\n",
        "compression.type=LZ4\n",
        "linger.ms=0.5\n",
        "retries=+5\n",
        "debug=broker,cgrp\n",
        "bootstrap.servers=localhost\n",
    ],
)
def test_what_librdkafka_takes_is_right(lint, text):
    assert lint(ID, text, asked=Asked(library="librdkafka")) == ("ok", [])


ZOOKEEPER = "broker.id=1\nzookeeper.connect=z:2181\n"
SINK = '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t", %s}}'


@pytest.mark.parametrize("release", ["3.9", "2.8.1", "0.10.2", "3.9-IV0", "2.0-IV1"])
def test_a_release_is_a_metadata_version(lint, release):
    assert lint(ID, f"{ZOOKEEPER}inter.broker.protocol.version={release}\n") == ("ok", [])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.properties", f"{ZOOKEEPER}inter.broker.protocol.version=5.9\n", "one of 0.8.0"),
        ("c.json", SINK % '"consumer.override.auto.offset.reset": "earlest"', "one of latest"),
        ("c.json", SINK % '"errors.tolerance": "ALL"', "one of none, all"),
        ("c.json", SINK % '"x": {"a": 1}', "takes text alone"),
        ("c.json", SINK % '"x": ["a"]', "takes text alone"),
        (
            "t.yaml",
            "topics: [{name: a, config: {min.cleanable.dirty.ratio: 1.5}}]",
            "a number [0,...,1]",
        ),
    ],
)
def test_values_that_are_refused(worst, name, text, words):
    severity, _, symptom = worst(ID, text, name)

    assert severity == "critical"
    assert words in symptom
