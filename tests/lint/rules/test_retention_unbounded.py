from tests.lint.topic_files import topics

ID = "retention-unbounded"
FIRES = topics(retention_ms=-1)
SILENT = topics(retention_ms=-1, cleanup_policy="compact")


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "t.yaml")

    assert (severity, line) == ("warning", 7)
    assert "for ever" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
