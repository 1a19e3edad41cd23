ID = "lint-client-conflict"
FIRES = "acks=1\nenable.idempotence=true\n"
SILENT = "acks=all\nenable.idempotence=true\nmax.in.flight.requests.per.connection=5\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 1)
    assert "of acks" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
