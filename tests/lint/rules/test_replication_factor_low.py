from tests.lint.topic_files import topics

ID = "replication-factor-low"
FIRES = topics(replication_factor=1)
SILENT = topics()


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "t.yaml")

    assert (severity, line) == ("warning", 4)
    assert "1 replica" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
