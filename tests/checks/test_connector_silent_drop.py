import pytest

from kdiag.finding import connector
from kdiag.pipeline_sections import ConnectorConfigs
from kdiag.snapshot import Missing
from tests.connect_tables import configs, connectors

DEAD_LETTERS = {"errors.deadletterqueue.topic.name": "orders-dlq"}


def scene(settings, type_="sink"):
    return connectors({"connector": "s3", "type": type_}), configs({"s3": settings})


def test_a_sink_that_tolerates_all_and_tells_nobody_is_found(judge):
    [finding] = judge("connector-silent-drop", *scene({"errors.tolerance": "ALL"})).findings

    assert finding.subject == connector("s3")
    assert finding.severity == "warning"
    assert "errors.deadletterqueue.topic.name" in finding.actions[0].text


def test_a_dead_letter_topic_of_a_source_does_nothing(judge):
    settings = {"errors.tolerance": "all", **DEAD_LETTERS}

    [finding] = judge("connector-silent-drop", *scene(settings, "source")).findings

    assert finding.cause.startswith("Dead-letter topics are for sinks only")


def test_debezium_that_skips_is_found(judge):
    settings = {"event.processing.failure.handling.mode": "skip"}

    [finding] = judge("connector-silent-drop", *scene(settings, "source")).findings

    assert "event.processing.failure.handling.mode=skip" in finding.symptom


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"errors.tolerance": "none"},
        {"errors.tolerance": "all", **DEAD_LETTERS},
        {"errors.tolerance": "all", "errors.log.enable": "true"},
        {"event.processing.failure.handling.mode": "warn"},
    ],
)
def test_is_silent_where_it_fails_or_tells(judge, settings):
    assert judge("connector-silent-drop", *scene(settings)).status == "ok"


def test_is_unknown_without_settings(judge):
    absent = {ConnectorConfigs: Missing("refused")}

    assert judge("connector-silent-drop", scene({})[0], absent=absent).status == "unknown"
