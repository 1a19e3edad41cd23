from tests.lint.topic_files import topics

ID = "min-isr-equals-rf"
FIRES = topics(replication_factor=2)
SILENT = topics()


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "t.yaml")

    assert (severity, line) == ("warning", 6)
    assert "needs 2" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
