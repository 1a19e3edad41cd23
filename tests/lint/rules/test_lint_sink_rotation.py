ID = "lint-sink-rotation"
FIRES = (
    '{"name": "c", "config": {"connector.class": "io.confluent.connect.s3.S3SinkConne'
    'ctor", "topics": "t", "flush.size": 1000}}'
)
SILENT = (
    '{"name": "c", "config": {"connector.class": "io.confluent.connect.s3.S3SinkConne'
    'ctor", "topics": "t", "rotate.schedule.interval.ms": 600000, "timezone": "UTC"}}'
)


def test_fires_at_its_line(lint):
    status, found = lint(ID, FIRES, "c.json")

    assert status == "problem"
    [(severity, line, symptom)] = [one for one in found if one[0] != "info"]
    assert (severity, line) == ("warning", 1)
    assert "after 1000" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])
