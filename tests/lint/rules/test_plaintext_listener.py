ID = "plaintext-listener"
FIRES = "process.roles=broker\nnode.id=1\nlisteners=PLAINTEXT://:9092\n"
SILENT = "process.roles=broker\nnode.id=1\nlisteners=PLAINTEXT://127.0.0.1:9092,SASL_SSL://:9093\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 3)
    assert "no TLS" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
