from kdiag.finding import CLUSTER
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.tables import broker_configs, brokers, topics

ON = {
    "auto.create.topics.enable": "true",
    "num.partitions": "1",
    "default.replication.factor": "1",
}
OFF = ON | {"auto.create.topics.enable": "false"}


def test_fires_once_and_hints_at_topics_with_the_defaults(judge):
    table = topics(
        {"topic": "orders"},
        {
            "topic": "oders",
            "partition_count": 1,
            "replication_factor_min": 1,
            "replication_factor_max": 1,
        },
    )

    result = judge("auto-create-topics", broker_configs({1: ON, 2: ON}, source="default"), table)

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.evidence["brokers"] == [1, 2]
    assert finding.evidence["topics_at_defaults"] == ["oders"]
    assert "possibly" in finding.cause


def test_fires_where_a_single_broker_has_it_on(judge):
    result = judge("auto-create-topics", broker_configs({1: OFF, 2: ON}), topics())

    assert result.findings[0].evidence["brokers"] == [2]


def test_internal_topics_are_no_hint(judge):
    one = {"partition_count": 1, "replication_factor_min": 1, "replication_factor_max": 1}
    table = topics({"topic": "__config", **one}, {"topic": "x", "is_internal": True, **one})

    [finding] = judge("auto-create-topics", broker_configs({1: ON}), table).findings

    assert finding.evidence["topics_at_defaults_count"] == 0


def test_works_without_the_topics(judge):
    [finding] = judge("auto-create-topics", broker_configs({1: ON})).findings

    assert finding.evidence["topics_at_defaults"] is None


def test_is_silent_where_it_is_off(judge):
    assert judge("auto-create-topics", broker_configs({1: OFF, 2: OFF}), topics()).status == "ok"


def test_is_unknown_where_one_broker_did_not_answer(judge):
    table = broker_configs({1: OFF}, errors={"broker 2": Missing("timed out after 5 s")})

    assert judge("auto-create-topics", table).status == "unknown"


def test_is_unknown_where_no_broker_returned_the_setting(judge):
    result = judge("auto-create-topics", broker_configs({1: {"num.partitions": "1"}}))

    assert result.status == "unknown"
    assert "auto.create.topics.enable" in result.reason


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    assert judge("auto-create-topics", absent=absent).needs == "DescribeConfigs on Cluster"


def test_a_cluster_of_one_broker_is_one_of_development(judge):
    configs = broker_configs({1: {"auto.create.topics.enable": "true"}}, source="default")

    [alone] = judge("auto-create-topics", configs, brokers(1)).findings
    [among_others] = judge("auto-create-topics", configs, brokers(1, 2, 3)).findings

    assert alone.severity == "info"
    assert "one broker" in alone.cause
    assert among_others.severity == "warning"
