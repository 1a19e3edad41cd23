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
