ID = "lint-broker-security"
FIRES = (
    "process.roles=broker\n"
    "node.id=1\n"
    "authorizer.class.name=kafka.security.authorizer.AclAuthorizer\n"
)
SILENT = (
    "process.roles=broker\n"
    "node.id=1\n"
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("critical", 3)
    assert "AclAuthorizer" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
