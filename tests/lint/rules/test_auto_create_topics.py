ID = "auto-create-topics"
FIRES = "process.roles=broker\nnode.id=1\nauto.create.topics.enable=true\n"
SILENT = "process.roles=broker\nnode.id=1\nauto.create.topics.enable=false\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 3)
    assert "is on" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
