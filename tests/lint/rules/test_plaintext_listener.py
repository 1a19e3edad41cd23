ID = "plaintext-listener"
FIRES = "process.roles=broker\nnode.id=1\nlisteners=PLAINTEXT://:9092\n"
SILENT = "process.roles=broker\nnode.id=1\nlisteners=PLAINTEXT://127.0.0.1:9092,SASL_SSL://:9093\n"


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "a.properties")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("warning", 3)
    assert "no TLS" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
