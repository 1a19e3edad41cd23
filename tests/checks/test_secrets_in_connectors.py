from kdiag.finding import connector
from kdiag.pipeline_sections import ConnectorConfigs
from kdiag.snapshot import Missing
from tests.connect_tables import configs, connectors

NAMED = connectors({"connector": "pg", "type": "source"})


def test_a_password_that_is_written_out_is_found_without_its_value(judge):
    settings = {"database.password": "hush", "database.hostname": "db"}

    [finding] = judge("secrets-in-connectors", NAMED, configs({"pg": settings})).findings

    assert finding.subject == connector("pg")
    assert finding.evidence == {"keys": ["database.password"]}
    assert "hush" not in repr(finding)


def test_one_inside_of_a_url_is_found(judge):
    settings = {"connection.url": "jdbc:postgresql://me:hush@db/x"}

    [finding] = judge("secrets-in-connectors", NAMED, configs({"pg": settings})).findings

    assert finding.evidence == {"keys": ["connection.url"]}


def test_is_silent_where_a_provider_has_it(judge):
    settings = {"database.password": "${file:/etc/secrets:pg}", "topics": "a"}

    assert judge("secrets-in-connectors", NAMED, configs({"pg": settings})).status == "ok"


def test_is_unknown_without_settings(judge):
    absent = {ConnectorConfigs: Missing("refused")}

    assert judge("secrets-in-connectors", NAMED, absent=absent).status == "unknown"
