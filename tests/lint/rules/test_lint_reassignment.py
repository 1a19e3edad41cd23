ID = "lint-reassignment"
FIRES = '{"version": 1, "partitions": [\n{"topic": "a", "partition": 0, "replicas": [1]}]}'
SILENT = '{"version": 1, "partitions": [\n{"topic": "a", "partition": 0, "replicas": [1, 2, 3]}]}'


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "r.json")

    assert (severity, line) == ("warning", 2)
    assert "one replica" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "r.json") == ("ok", [])
