ID = "sasl-plain-unencrypted"
FIRES = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
SILENT = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 1)
    assert "without TLS" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
