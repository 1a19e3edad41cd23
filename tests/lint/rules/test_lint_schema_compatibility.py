import pytest

from kdiag.lint.reading import Asked
from kdiag.lint.schemas import Earlier

ID = "lint-schema-compatibility"
OLD = '{"type": "record", "name": "U", "fields": [{"name": "id", "type": "int"}]}'
NEW = """{"type": "record", "name": "U", "fields": [
  {"name": "id", "type": "int"},
  {"name": "mail", "type": "string"%s}]}"""


def asked(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old/v1.avsc").write_text(OLD)
    return Asked(earlier=Earlier(tmp_path / "old"))


def test_fires_at_the_field_without_a_default(lint, tmp_path):
    status, found = lint(ID, NEW % "", "u.avsc", asked(tmp_path))

    assert status == "problem"
    [(severity, line, symptom)] = found
    assert (severity, line) == ("critical", 3)
    assert "cannot read what was written with v1.avsc" in symptom


def test_is_silent_where_the_new_field_has_a_default(lint, tmp_path):
    assert lint(ID, NEW % ', "default": ""', "u.avsc", asked(tmp_path)) == ("ok", [])


def test_does_not_apply_without_earlier_versions(lint):
    assert lint(ID, NEW % "", "u.avsc")[0] == "not_applicable"


PROTO = """syntax = "proto3";
message M {
  string a = 1;
  %s b = 2;
}
"""
JSON = """{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "U",
  "properties": {
    "id": {"type": "%s"}}}
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("m.proto", PROTO % "int32", PROTO % "string", 4),
        ("u.json", JSON % "integer", JSON % "string", 3),
    ],
)
def test_fires_at_the_place_in_other_formats(lint, tmp_path, name, old, new, line):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / f"v1{name[1:]}").write_text(old)
    other = old.replace('"title": "U"', '"title": "V"').replace("message M", "message N")
    (tmp_path / "old" / f"v2{name[1:]}").write_text(other)
    earlier = Asked(earlier=Earlier(tmp_path / "old"))

    status, [(severity, at, symptom)] = lint(ID, new, name, earlier)
    assert (status, severity, at) == ("problem", "critical", line)
    assert f"cannot read what was written with v1{name[1:]}" in symptom

    assert lint(ID, old, name, earlier) == ("ok", [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.proto", 'syntax = "proto3"; import "o.proto"; message M { o.A a = 1; }'),
        ("u.json", JSON.replace('"type": "%s"', '"$ref": "o.json"')),
    ],
)
def test_what_no_rule_tells_is_unknown(lint, tmp_path, name, text):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / f"v1{name[1:]}").write_text(text)

    assert lint(ID, text, name, Asked(earlier=Earlier(tmp_path / "old")))[0] == "unknown"


def test_what_is_no_proto_file_is_told_with_its_place(lint):
    status, [(severity, line, symptom)] = lint("lint-schema-evolution", PROTO % "=", "m.proto")

    assert (status, severity, line) == ("problem", "critical", 4)
    assert symptom.startswith("This is no Protobuf schema")


def test_json_of_another_schema_is_no_schema_of_records(lint):
    text = '{"$schema": "https://json.schemastore.org/package.json", "type": "record"}'

    assert "no Avro schema" in lint("lint-schema-evolution", text, "package.json")[1][0][2]
