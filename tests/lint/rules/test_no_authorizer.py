ID = "no-authorizer"
FIRES = (
    "process.roles=broker\n"
    "node.id=1\n"
    "authorizer.class.name=x.StandardAuthorizer\n"
    "allow.everyone.if.no.acl.found=true\n"
)
SILENT = "process.roles=broker\nnode.id=1\nauthorizer.class.name=x.StandardAuthorizer\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 4)
    assert "open to everybody" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
