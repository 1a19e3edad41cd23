ID = "lint-unknown-key"
FIRES = "acks=all\nlingr.ms=5\n"
SILENT = "acks=all\nlinger.ms=5\nschema.registry.url=http://r\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 2)
    assert "lingr.ms" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
