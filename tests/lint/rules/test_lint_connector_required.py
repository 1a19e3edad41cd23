ID = "lint-connector-required"
FIRES = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "topics.regex": "a"}}'
)
SILENT = '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t"}}'


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "c.json")

    assert (severity, line) == ("critical", 1)
    assert "both topics" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])
