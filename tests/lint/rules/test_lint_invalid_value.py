ID = "lint-invalid-value"
FIRES = "acks=all\nlinger.ms=5ms\n"
SILENT = "acks=all\nlinger.ms=${env:LINGER}\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 2)
    assert "linger.ms=5ms" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
