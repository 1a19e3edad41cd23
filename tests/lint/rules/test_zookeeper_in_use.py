ID = "zookeeper-in-use"
FIRES = "broker.id=1\nzookeeper.connect=z:2181\n"
SILENT = "process.roles=broker\nnode.id=1\n"


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "a.properties")

    assert (severity, line) == ("warning", 2)
    assert "ZooKeeper" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "a.properties") == ("ok", [])
