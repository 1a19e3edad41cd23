ID = "lint-topic-definition"
FIRES = (
    "topics:\n"
    "  - name: orders\n"
    "    partitions: 0\n"
    "    replication_factor: 3\n"
    "    config:\n"
    "      min.insync.replicas: 2\n"
)
SILENT = (
    "topics:\n"
    "  - name: orders\n"
    "    partitions: 6\n"
    "    replication_factor: 3\n"
    "    config:\n"
    "      min.insync.replicas: 2\n"
)


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "t.yaml")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("critical", 3)
    assert "0 as partitions" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
