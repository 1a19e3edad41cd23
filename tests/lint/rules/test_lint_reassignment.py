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


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        (plan(entry(', "log_dir": ["any", "any", "/d"]')), "log_dir", "log_dirs"),
        (plan(entry(', "logDirs": ["any", "any", "/d"]')), "logDirs", "log_dirs"),
        (plan(ENTRY, version='"Version": 1, '), "Version", "version"),
    ],
)
def test_a_key_that_the_tool_passes_over_is_told(worst, text, key, meant):
    """ReassignPartitionsCommand of 4.4.0 takes these files, and goes on to the cluster."""
    severity, _, symptom = worst(ID, text, "r.json")

    assert severity == "warning"
    assert symptom == f"{key} is no key of a reassignment; {meant} is, and is not there."


def test_one_that_it_misses_is_named_beside_the_refusal(lint):
    """It says: No such field exists: `topic`."""
    _, found = lint(ID, plan(ENTRY.replace('"topic"', '"topics"')), "r.json")

    assert [row[0] for row in found] == ["critical", "warning"]
    assert "topics is no key of a reassignment; topic is" in found[1][2]


def test_another_key_beside_one_that_is_there_is_no_mistake(lint):
    both = plan(entry(', "log_dirs": ["any", "any", "/d"], "log_dir": "x", "topic_id": "x"'))

    assert lint(ID, both, "r.json") == ("ok", [])
