from kdiag.lint.reading import Asked

ID = "lint-client-goal"
FIRES = "acks=1\nenable.idempotence=true\n"
SILENT = "acks=all\nenable.idempotence=true\n"


def test_fires_at_its_line(lint):
    asked = Asked(goal="durability")
    status, found = lint(ID, FIRES, "a.properties", asked)

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("warning", 1)
    assert "acks=1" in symptom


def test_is_silent_on_what_looks_alike(lint):
    asked = Asked(goal="durability")
    assert lint(ID, SILENT, "a.properties", asked) == ("ok", [])
