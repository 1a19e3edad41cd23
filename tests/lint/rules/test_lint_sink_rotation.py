ID = "lint-sink-rotation"
FIRES = (
    '{"name": "c", "config": {"connector.class": "io.confluent.connect.s3.S3SinkConne'
    'ctor", "topics": "t", "flush.size": 1000}}'
)
SILENT = (
    '{"name": "c", "config": {"connector.class": "io.confluent.connect.s3.S3SinkConne'
    'ctor", "topics": "t", "rotate.schedule.interval.ms": 600000, "timezone": "UTC"}}'
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "c.json")

    assert (severity, line) == ("warning", 1)
    assert "after 1000" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])
