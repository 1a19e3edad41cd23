"""`kdiag lint`: exit codes, what a file is, places in every format, and what is no input."""

import json

import pytest
from click.testing import CliRunner

from kdiag.cli import main

WRONG = "acks=1\nenable.idempotence=true\n"
RIGHT = "acks=all\nenable.idempotence=true\n"
SINK = """{"name": "c", "config": {
  "connector.class": "org.example.MySink",
  "topics": "t",
  "errors.tolerance": "all"}}
"""
TOPIC = "topics:\n  - name: a\n    partitions: 0\n    replication_factor: 3\n"
SCHEMA = '{"type": "record", "name": "U", "fields": [{"name": "id", "type": "int"}]}'


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return a function that writes a file, by whose name it is then found."""
    monkeypatch.chdir(tmp_path)

    def written(name, data):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return name

    return written


def found(result):
    """Return what a report in JSON has found: (check, path, line, column)."""
    return sorted(
        (f["check"], *(f["subject"][key] for key in ("path", "line", "column")))
        for f in json.loads(result.stdout)["findings"]
    )


def test_a_file_with_a_critical_finding_ends_with_10_and_its_place(kdiag, file):
    result = kdiag("lint", file("a.properties", WRONG))

    assert result.exit_code == 10
    assert "lint-client-conflict  a.properties:1:1" in result.stdout


def test_a_right_file_ends_with_0(kdiag, file):
    result = kdiag("lint", file("a.properties", RIGHT))

    assert result.exit_code == 0
    assert "Nothing is wrong with 1 file" in result.stdout


def test_fail_on_moves_the_line(kdiag, file):
    name = file("c.json", SINK)

    assert kdiag("lint", name).exit_code == 0
    assert kdiag("lint", name, "--fail-on", "warning").exit_code == 10


def test_a_goal_judges_what_is_right_without_one(kdiag, file):
    name = file("a.properties", "linger.ms=50\n")

    without = kdiag("lint", name, "-o", "json")
    latency = kdiag("lint", name, "--goal", "latency", "-o", "json")

    assert found(without) == []
    assert ("lint-client-goal", "a.properties", 1, 1) in found(latency)


def test_the_standard_input_is_a_file(file):
    result = CliRunner().invoke(main, ["lint", "-"], input=WRONG)

    assert result.exit_code == 10
    assert "-:1:1" in result.stdout


def test_json_on_the_standard_input_is_known_by_its_first_sign(file):
    result = CliRunner().invoke(main, ["lint", "-", "-o", "json"], input=SINK)

    assert ("lint-connector-dlq", "-", 4, 3) in found(result)


@pytest.mark.parametrize(
    ("name", "text", "check"),
    [
        ("a.properties", "broker.id=1\nzookeeper.connect=z:1\n", "zookeeper-in-use"),
        ("c.json", SINK, "lint-connector-dlq"),
        ("t.yaml", TOPIC, "lint-topic-definition"),
        ("u.avsc", SCHEMA.replace('"int"', '"itn"'), "lint-schema-evolution"),
        ("r.json", '{"version": 2, "partitions": [{"replicas": [1]}]}', "lint-reassignment"),
    ],
)
def test_what_a_file_is_its_content_tells(kdiag, file, name, text, check):
    result = kdiag("lint", file(name, text), "-o", "json")

    assert check in {one[0] for one in found(result)}


def test_the_kind_that_is_given_counts(kdiag, file):
    name = file("a.properties", "acks=1\nnode.id=1\n")

    as_broker = kdiag("lint", name, "-o", "json")
    as_producer = kdiag("lint", name, "--kind", "producer", "-o", "json")

    assert ("lint-unknown-key", name, 1, 1) in found(as_broker)
    assert ("lint-unknown-key", name, 2, 1) in found(as_producer)


def test_of_a_directory_what_is_known_is_taken_and_the_unreadable_is_told(kdiag, file):
    file("d/a.properties", WRONG)
    file("d/in/c.json", SINK)
    file("d/broken.json", '{"name":\n  oops}')
    file("d/package.json", '{"name": "web", "scripts": {}}')
    file("d/.hidden/b.properties", WRONG)
    file("d/notes.md", "acks=1")

    result = kdiag("lint", "d", "-o", "json")

    assert json.loads(result.stdout)["files"] == ["d/a.properties", "d/in/c.json"]
    assert result.stderr == "kdiag: passed over: d/broken.json:2:3: is no JSON: Expecting value\n"
    assert result.exit_code == 10


def test_earlier_versions_of_a_schema_come_from_a_directory(kdiag, file):
    file("old/v1.avsc", SCHEMA)
    file("old/v2.avsc", SCHEMA.replace('"int"', '"long"'))
    name = file("u.avsc", SCHEMA.replace('"int"', '"string"'))

    result = kdiag("lint", name, "--against", "old", "-o", "json")
    none = kdiag("lint", name, "--against", "old", "--compatibility", "none", "-o", "json")

    assert ("lint-schema-compatibility", "u.avsc", 1, 59) in found(result)
    assert found(none) == []


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("c.json", '{"name":\n  oops}', "c.json:2:3: is no JSON: Expecting value"),
        ("t.yaml", 'a: "x\n', "t.yaml:2:1: is no YAML: found unexpected end of stream"),
        ("c.json", '{"a": 1}', "c.json: is no connector, schema, definition of topics or"),
        ("a.properties", "", "a.properties: has no line like acks=all"),
        ("a.properties", b"acks=all\n\0", "a.properties: is not text, but binary"),
        ("a.properties", b"#" * (5 << 20), "a.properties: is larger than 4 MiB"),
        ("c.json", "[" * 9999 + "]" * 9999, "c.json: is no JSON of settings: it is nested too"),
    ],
)
def test_what_cannot_be_judged_is_one_sentence_and_2(kdiag, file, name, data, told):
    result = kdiag("lint", file(name, data))

    assert result.exit_code == 2
    assert result.stderr.startswith(f"kdiag: {told}")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_file_that_is_not_there_is_one_sentence(kdiag, file):
    result = kdiag("lint", "nowhere.json")

    assert result.exit_code == 2
    assert result.stderr == "kdiag: nowhere.json: cannot be read: No such file or directory\n"


def test_endless_input_is_left_early(kdiag, file):
    result = kdiag("lint", "/dev/zero")

    assert result.exit_code == 2
    assert "larger than 4 MiB" in result.stderr


def test_a_mark_of_unicode_and_windows_line_ends_move_nothing(kdiag, file):
    name = file("a.properties", b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())

    assert ("lint-client-conflict", name, 1, 1) in found(kdiag("lint", name, "-o", "json"))


def test_numbers_without_end_are_refused_by_the_rule(kdiag, file):
    name = file("a.properties", f"linger.ms={'9' * 6000}\nretries=1e400\n")

    result = kdiag("lint", name, "-o", "json")

    assert [one for one in found(result) if one[0] == "lint-invalid-value"] == [
        ("lint-invalid-value", name, 1, 1),
        ("lint-invalid-value", name, 2, 1),
    ]
    assert {one["status"] for one in json.loads(result.stdout)["results"]} <= {
        "ok",
        "problem",
        "not_applicable",
    }


def test_a_setting_that_is_there_twice_is_told_in_json(kdiag, file):
    name = file("c.json", SINK.replace('"topics": "t"', '"topics": "t",\n"errors.tolerance": "x"'))

    result = kdiag("lint", name, "-o", "json")

    assert ("lint-invalid-value", name, 5, 3) in found(result)


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github", "junit", "csv", "markdown"])
def test_a_secret_is_in_no_format(kdiag, file, format_):
    text = SINK.replace(
        '"topics"', '"db.password": "hunter2x", "sasl.jaas.config": "p=hunter2x", "topics"'
    )
    properties = file(
        "a.properties", "sasl.jaas.config=x password=hunter2x;\nssl.key.password=hunter2x\n"
    )

    result = kdiag("lint", file("c.json", text), properties, "-o", format_)

    assert "db.password" in result.stdout
    assert "hunter2x" not in result.output


def test_sarif_has_file_line_and_column(kdiag, file):
    result = kdiag("lint", file("a.properties", WRONG), "-o", "sarif")

    [row] = json.loads(result.stdout)["runs"][0]["results"]
    place = row["locations"][0]["physicalLocation"]
    assert row["ruleId"] == "lint-client-conflict"
    assert place["artifactLocation"]["uri"] == "a.properties"
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (1, 1)


def test_github_has_file_line_and_column(kdiag, file):
    result = kdiag("lint", file("a.properties", WRONG), "-o", "github")

    assert "::error file=a.properties,line=1,col=1," in result.stdout


def test_junit_names_the_place(kdiag, file):
    result = kdiag("lint", file("a.properties", WRONG), "-o", "junit")

    assert "a.properties:1:1" in result.stdout


def test_only_and_skip_that_leave_nothing_are_refused(kdiag, file):
    name = file("a.properties", RIGHT)

    result = kdiag("lint", name, "--only", "weak-tls", "--skip", "security")

    assert result.exit_code == 2
    assert "leave no rule" in result.stderr
