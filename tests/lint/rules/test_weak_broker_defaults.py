ID = "weak-broker-defaults"
FIRES = (
    "process.roles=broker\n"
    "node.id=1\n"
    "default.replication.factor=1\n"
    "min.insync.replicas=2\n"
    "transaction.state.log.min.isr=2\n"
)
SILENT = (
    "process.roles=broker,controller\n"
    "node.id=1\n"
    "controller.quorum.voters=1@a:9093\n"
    "default.replication.factor=1\n"
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 3)
    assert "is 1" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
