import json

import pytest

ID = "lint-connector-required"
FIRES = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "topics.regex": "a"}}'
)
SILENT = '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t"}}'


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "c.json")

    assert (severity, line) == ("critical", 1)
    assert "both topics" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])


SINK = {"connector.class": "org.example.MySink", "topics": "t"}


@pytest.mark.parametrize(
    ("name", "config", "words"),
    [
        ("", {}, "no name"),
        ("c", {"topics": ""}, "no topics"),
        ("c", {"name": "d"}, "another name in its config, d"),
        ("c", {"transforms": "a, b", "transforms.a.type": "x"}, "no transforms.b.type"),
        ("c", {"predicates": "p"}, "no predicates.p.type"),
    ],
)
def test_what_a_worker_refuses_with_400(worst, name, config, words):
    severity, _, symptom = worst(ID, json.dumps({"name": name, "config": SINK | config}), "c.json")

    assert severity == "critical"
    assert words in symptom


@pytest.mark.parametrize(
    "config",
    [
        {"name": "c"},
        {"name": "${env:NAME}"},
        {"transforms": "", "predicates": ""},
        {"transforms": "${env:STEPS}"},
        {"transforms": "a", "transforms.a.type": "x"},
    ],
)
def test_is_silent_on_what_a_worker_takes(lint, config):
    text = json.dumps({"name": "c", "config": SINK | config})

    assert lint(ID, text, "c.json") == ("ok", [])


def test_a_filtered_publication_without_a_list_is_of_the_tables_that_are_there(lint):
    """Tried: Debezium 3.7 makes it, and its task runs."""
    config = {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.hostname": "db",
        "database.port": "5432",
        "database.user": "debezium",
        "database.password": "${env:PASSWORD}",
        "database.dbname": "shop",
        "topic.prefix": "shop",
        "plugin.name": "pgoutput",
        "slot.name": "shop",
        "publication.autocreate.mode": "filtered",
    }

    assert lint(ID, json.dumps({"name": "c", "config": config}), "c.json") == ("ok", [])
