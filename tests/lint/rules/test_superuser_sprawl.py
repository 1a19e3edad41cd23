ID = "superuser-sprawl"
FIRES = "process.roles=broker\nnode.id=1\nsuper.users=User:a;User:ANONYMOUS\n"
SILENT = "process.roles=broker\nnode.id=1\nsuper.users=User:a;User:b\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 3)
    assert "ANONYMOUS" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
