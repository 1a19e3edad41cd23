ID = "lint-schema-evolution"
FIRES = '{"type": "record", "name": "U", "fields": [\n{"name": "a", "type": ["null", "int"]}]}'
SILENT = (
    '{"type": "record", "name": "U", "fields": [\n'
    '{"name": "a", "type": ["null", "int"], "default": null}]}'
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "u.avsc")

    assert (severity, line) == ("warning", 2)
    assert "may be null" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "u.avsc") == ("ok", [])
