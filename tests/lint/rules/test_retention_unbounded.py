ID = "retention-unbounded"
FIRES = (
    "topics:\n"
    "  - name: orders\n"
    "    partitions: 6\n"
    "    replication_factor: 3\n"
    "    config:\n"
    "      min.insync.replicas: 2\n"
    "      retention.ms: -1\n"
)
SILENT = (
    "topics:\n"
    "  - name: orders\n"
    "    partitions: 6\n"
    "    replication_factor: 3\n"
    "    config:\n"
    "      min.insync.replicas: 2\n"
    "      retention.ms: -1\n"
    "      cleanup.policy: compact\n"
)


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "t.yaml")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("warning", 7)
    assert "for ever" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])
