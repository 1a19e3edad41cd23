"""`kdiag lint --schema-registry`: what a registry on loopback has, and what it does not tell."""

import json
from pathlib import Path

import pytest

from tests.cli.test_lint import SCHEMA, found
from tests.sources.rest.serving import serving

STRING = SCHEMA.replace('"int"', '"string"')
LONG = SCHEMA.replace('"int"', '"long"')
BREAKS = ("lint-schema-compatibility", "u.avsc", 1, 59)
RULES = "lint-schema-compatibility"


def subject(name, level, *schemas, **more):
    """What a registry answers about a subject; it knows no other."""
    numbers = range(1, len(schemas) + 1)
    told = {
        f"/subjects/{name}/versions/{number}": (
            200,
            {"subject": name, "version": number, "schema": schema, **more},
        )
        for number, schema in zip(numbers, schemas, strict=True)
    }
    gone = (404, {"error_code": 40401, "message": "Subject not found"})
    unknown = {f"/subjects/{other}/versions": gone for other in ("u", "U", "mistyped")}
    return {
        **unknown,
        f"/subjects/{name}/versions": (200, list(numbers)),
        f"/config/{name}": (200, {"compatibilityLevel": level}),
        **told,
    }


@pytest.fixture
def u_avsc(tmp_path, monkeypatch):
    """Return a function that writes u.avsc into the working directory."""
    monkeypatch.chdir(tmp_path)

    def written(text):
        (tmp_path / "u.avsc").write_text(text)
        return "u.avsc"

    return written


@pytest.mark.parametrize("name", ["u", "U", "u-value"])
def test_a_schema_is_held_against_its_subject_with_the_level_that_it_has_there(kdiag, u_avsc, name):
    file = u_avsc(STRING)
    chosen = ("--subject", name) if name == "u-value" else ()

    with serving(subject(name, "BACKWARD", SCHEMA)) as service:
        result = kdiag("lint", file, "--schema-registry", service.url, *chosen, "-o", "json")

    assert result.exit_code == 10, result.output
    assert BREAKS in found(result)
    assert f"version 1 of {name}" in result.stdout


@pytest.mark.parametrize(
    ("level", "is_found"), [("NONE", False), ("BACKWARD", False), ("BACKWARD_TRANSITIVE", True)]
)
def test_the_level_of_the_registry_tells_which_versions_count(kdiag, u_avsc, level, is_found):
    file = u_avsc(LONG)

    with serving(subject("u", level, STRING, SCHEMA)) as service:
        result = kdiag("lint", file, "--schema-registry", service.url, "-o", "json")

    assert (BREAKS in found(result)) == is_found
    assert result.exit_code == (10 if is_found else 0), result.output


def _refusing():
    answers = subject("u", "BACKWARD", SCHEMA)
    return answers | {"/subjects/u/versions": (401, b"{}")}


@pytest.mark.parametrize(
    ("answers", "chosen", "told"),
    [
        (subject("else", "BACKWARD", SCHEMA), (), "has no subject u or U"),
        (subject("u", "BACKWARD", SCHEMA), ("--subject", "mistyped"), "no subject mistyped"),
        (_refusing(), (), "refuses us (HTTP 401)"),
        (subject("u", "ODD", SCHEMA), (), "compatibilityLevel is none that is known"),
        (subject("u", "BACKWARD", SCHEMA, schemaType="JSON"), (), "is no Avro schema"),
        (subject("u", "BACKWARD", "{"), (), "version 1 of u cannot be parsed"),
        (
            subject("u", "BACKWARD", SCHEMA)
            | {"/config/u": (200, {"compatibilityLevel": "BACKWARD", "compatibilityGroup": "g"})},
            (),
            "by groups in their metadata",
        ),
    ],
)
def test_what_is_not_told_is_unknown_and_ends_with_4(kdiag, u_avsc, answers, chosen, told):
    file = u_avsc(SCHEMA)

    with serving(answers) as service:
        arguments = ("--schema-registry", service.url, *chosen, "--only", RULES, "-o", "json")
        result = kdiag("lint", file, *arguments)

    assert result.exit_code == 4, result.output
    assert told in result.stdout


def test_a_registry_that_is_down_is_unknown_and_ends_with_4(kdiag, u_avsc):
    file = u_avsc(SCHEMA)
    with serving({}) as service:
        url = service.url

    result = kdiag("lint", file, "--schema-registry", url, "-o", "json")

    report = json.loads(result.stdout)
    checks = {one["check"]: one["status"] for one in report["results"]}
    assert checks[RULES] == "unknown"
    assert report["verdict"]["status"] == "unknown"
    assert result.exit_code == 4


def test_credentials_of_the_config_are_sent_and_not_shown(kdiag, u_avsc, tmp_path):
    file = u_avsc(STRING)
    (tmp_path / "secret").write_text("hunter2hunter2")
    (tmp_path / "k.toml").write_text(
        '[schema_registry]\nusername = "monitor"\npassword_file = "secret"\n'
    )

    with serving(subject("u", "BACKWARD", SCHEMA)) as service:
        result = kdiag("lint", file, "--schema-registry", service.url, "--config", "k.toml")

    assert all(each["authorization"].startswith("Basic ") for each in _lower(service.headers))
    assert "hunter2" not in result.output
    assert result.exit_code == 10


def _lower(headers):
    assert headers
    return [{key.lower(): value for key, value in each.items()} for each in headers]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--subject", "u"), "--subject is one of a registry"),
        (("--schema-registry", "ftp://h"), "expected http[s]://HOST:PORT"),
        (("--schema-registry", "http://h:1", "--schema-registry", "http://i:1"), "lint asks one"),
        (("--schema-registry", "http://h:1", "--against", "."), "no --against"),
        (("--schema-registry", "http://h:1", "--compatibility", "FULL"), "no --against"),
    ],
)
def test_flags_that_do_not_go_together_are_one_sentence_and_2(kdiag, u_avsc, arguments, told):
    result = kdiag("lint", u_avsc(SCHEMA), *arguments)

    assert result.exit_code == 2
    assert told in result.stderr


def test_one_subject_is_not_that_of_two_schemas(kdiag, u_avsc, tmp_path):
    file = u_avsc(SCHEMA)
    (tmp_path / "v.avsc").write_text(SCHEMA)

    with serving(subject("u", "BACKWARD", SCHEMA)) as service:
        arguments = ("--schema-registry", service.url, "--subject", "u")
        result = kdiag("lint", file, "v.avsc", *arguments)

    assert result.exit_code == 2
    assert "--subject is of one schema" in result.stderr


def test_a_rule_that_crashes_ends_with_4(kdiag, u_avsc, monkeypatch):
    from kdiag.lint.rules import lint_schema_evolution as rule

    def crash(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(rule, "named_types", crash)

    result = kdiag("lint", u_avsc(SCHEMA), "-o", "json")

    assert result.exit_code == 4
    assert "the check itself failed: ZeroDivisionError" in result.stdout


def test_lesser_findings_do_not_hide_what_was_not_seen(kdiag, u_avsc):
    file = u_avsc(SCHEMA.replace('"int"', '["null", "int"]'))
    with serving({}) as service:
        url = service.url

    result = kdiag("lint", file, "--schema-registry", url, "--fail-on", "critical")

    assert "may be null" in " ".join(result.stdout.split())
    assert result.exit_code == 4


def test_a_worker_that_is_down_ends_with_4(kdiag, u_avsc, tmp_path):
    config = {"connector.class": "org.example.MySource", "tasks.max": "1"}
    (tmp_path / "c.json").write_text(json.dumps({"name": "c", "config": config}))
    with serving({}) as service:
        url = service.url

    arguments = ("--connect", url, "--validate", "--only", "lint-connector-refused")
    result = kdiag("lint", "c.json", *arguments)

    assert result.exit_code == 4
    assert "validates connector c: it dials" in result.stderr


@pytest.mark.parametrize(
    ("name", "format_", "old", "new"),
    [
        (
            "u.proto",
            "PROTOBUF",
            'syntax = "proto3"; message U { int32 a = 1; }',
            'syntax = "proto3"; message U { string a = 1; }',
        ),
        (
            "u.json",
            "JSON",
            '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}',
            '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer"}',
        ),
    ],
)
def test_other_formats_are_held_against_their_subject(kdiag, u_avsc, name, format_, old, new):
    def linted(text):
        Path(u_avsc("")).with_name(name).write_text(text)
        with serving(subject("u", "BACKWARD", old, schemaType=format_)) as service:
            arguments = ("--schema-registry", service.url, "--only", RULES, "-o", "json")
            return kdiag("lint", name, *arguments)

    same, other = linted(old), linted(new)

    assert same.exit_code == 0, same.output
    assert other.exit_code == 10, other.output
    assert "version 1 of u" in other.stdout


def test_a_subject_of_another_format_is_unknown(kdiag, u_avsc):
    file = u_avsc(SCHEMA)

    with serving(subject("u", "BACKWARD", "{}", schemaType="JSON")) as service:
        result = kdiag("lint", file, "--schema-registry", service.url, "--only", RULES)

    assert result.exit_code == 4
