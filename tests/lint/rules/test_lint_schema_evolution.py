ID = "lint-schema-evolution"
FIRES = '{"type": "record", "name": "U", "fields": [\n{"name": "a", "type": ["null", "int"]}]}'
SILENT = (
    '{"type": "record", "name": "U", "fields": [\n'
    '{"name": "a", "type": ["null", "int"], "default": null}]}'
)


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "u.avsc")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("warning", 2)
    assert "may be null" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "u.avsc") == ("ok", [])
