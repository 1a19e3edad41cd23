ID = "lint-connector-secret"
FIRES = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "db.password": "hunter2"}}'
)
SILENT = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "db.password": "${file:/s:p}"}}'
)


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "c.json")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("warning", 1)
    assert "db.password" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])
