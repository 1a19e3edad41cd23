ID = "lint-connector-secret"
FIRES = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "db.password": "hunter2"}}'
)
SILENT = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "db.password": "${file:/s:p}"}}'
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "c.json")

    assert (severity, line) == ("warning", 1)
    assert "db.password" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])
