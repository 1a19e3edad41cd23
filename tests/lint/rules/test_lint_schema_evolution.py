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


def test_a_type_of_another_file_is_a_reference_and_one_that_is_mistyped_is_none(worst):
    text = '{"type": "record", "name": "O", "fields": [{"name": "u", "type": "%s"}]}'

    elsewhere = worst(ID, text % "com.x.User", "o.avsc")
    mistyped = worst(ID, text % "strng", "o.avsc")

    assert elsewhere[0] == "warning"
    assert "by itself" in elsewhere[2]
    assert mistyped[0] == "critical"
