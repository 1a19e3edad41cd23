import pytest

ID = "lint-reassignment"
FIRES = '{"version": 1, "partitions": [\n{"topic": "a", "partition": 0, "replicas": [1]}]}'
SILENT = '{"version": 1, "partitions": [\n{"topic": "a", "partition": 0, "replicas": [1, 2, 3]}]}'


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "r.json")

    assert (severity, line) == ("warning", 2)
    assert "one replica" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "r.json") == ("ok", [])


ENTRY = '{"topic": "a", "partition": 0, "replicas": [1, 2, 3]}'


def plan(*entries, version='"version": 1, '):
    return "{" + version + '"partitions": [' + ", ".join(entries) + "]}"


def entry(more):
    return ENTRY.replace("}", more + "}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (plan(ENTRY, version='"version": 2, '), "must be 1"),
        (plan(ENTRY, version='"version": true, '), "must be 1"),
        (plan(), "is empty"),
        (plan(ENTRY, ENTRY), "Partition a-0 is"),
        (plan(entry(', "log_dirs": ["any"]')), "log_dirs"),
        (plan(ENTRY.replace("0", "-1")), "whole number"),
        (plan(ENTRY.replace("2", "1")), "twice"),
        (plan(ENTRY.replace("2", '"2"')), "broker ids"),
    ],
)
def test_what_the_tool_refuses(worst, text, words):
    """Each was given to kafka-reassign-partitions.sh --execute of 4.4."""
    severity, _, symptom = worst(ID, text, "r.json")

    assert severity == "critical"
    assert words in symptom


@pytest.mark.parametrize(
    "text",
    [
        plan(ENTRY, version=""),
        plan(entry(', "note": "x"')),
        plan(entry(', "log_dirs": ["any", "any", "/d"]')),
    ],
)
def test_what_the_tool_takes(lint, text):
    assert lint(ID, text, "r.json") == ("ok", [])
