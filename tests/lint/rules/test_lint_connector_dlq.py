import json

ID = "lint-connector-dlq"
FIRES = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "errors.tolerance": "all"}}'
)
SILENT = (
    '{"name": "c", "config": {"connector.class": "org.example.MySink", "topics": "t",'
    ' "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "d"}}'
)


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "c.json")

    assert (severity, line) == ("warning", 1)
    assert "skips records" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "c.json") == ("ok", [])


def test_a_dead_letter_topic_among_the_topics_is_refused(worst):
    config = {
        "connector.class": "org.example.MySink",
        "topics": "a, b",
        "errors.tolerance": "all",
        "errors.deadletterqueue.topic.name": "b",
    }
    severity, _, symptom = worst(ID, json.dumps({"name": "c", "config": config}), "c.json")

    assert severity == "critical"
    assert "has b among its topics, and as its dead letter topic" in symptom


def test_a_source_with_topics_is_none_that_drops_records(lint):
    """MirrorMaker's sources name the topics that they copy."""
    config = {
        "connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector",
        "topics": "orders.*",
    }

    assert lint(ID, json.dumps({"name": "c", "config": config}), "c.json") == ("ok", [])
