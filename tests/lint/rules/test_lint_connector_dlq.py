ID = "lint-connector-dlq"
FIRES = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "errors.tolerance": "all"}}'
)
SILENT = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "d"}}'
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "c.json")

    assert (severity, line) == ("warning", 1)
    assert "skips records" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])
