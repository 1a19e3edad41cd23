ID = "quorum-size"
FIRES = "process.roles=broker\nnode.id=1\ncontroller.quorum.voters=1@a:1,2@b:1\n"
SILENT = "process.roles=broker\nnode.id=1\ncontroller.quorum.voters=1@a:1,2@b:1,3@c:1\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 3)
    assert "2 voters" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
