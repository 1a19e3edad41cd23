ID = "sasl-plain-unencrypted"
FIRES = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
SILENT = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n"


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "a.properties")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("critical", 1)
    assert "without TLS" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
