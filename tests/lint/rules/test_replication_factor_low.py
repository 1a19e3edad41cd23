ID = "replication-factor-low"
FIRES = (
    "topics:\n"
    "  - name: orders\n"
    "    partitions: 6\n"
    "    replication_factor: 1\n"
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
    assert (severity, line) == ("warning", 4)
    assert "1 replica" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
