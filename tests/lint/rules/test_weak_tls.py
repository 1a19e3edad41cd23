ID = "weak-tls"
FIRES = "security.protocol=SSL\nssl.endpoint.identification.algorithm=\n"
SILENT = "security.protocol=SSL\nssl.enabled.protocols=TLSv1.2,TLSv1.3\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 2)
    assert "not checked" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
