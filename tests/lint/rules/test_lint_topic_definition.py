from tests.lint.topic_files import topics

ID = "lint-topic-definition"
FIRES = topics(partitions=0)
SILENT = topics()


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "t.yaml")

    assert (severity, line) == ("critical", 3)
    assert "0 as partitions" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
