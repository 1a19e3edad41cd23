import pytest

from kdiag.finding import CLUSTER, topic
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import broker_configs, topic_configs

KEY = "unclean.leader.election.enable"
OFF = broker_configs({1: {KEY: "false"}, 2: {KEY: "false"}})


def test_fires_for_a_topic_that_overrides_the_default(judge):
    configs = topic_configs({"orders": {KEY: "true"}, "audit": {KEY: "false"}})

    result = judge("unclean-election-enabled", configs, OFF)

    [finding] = result.findings
    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.evidence["source_level"] == "topic"
    assert finding.actions[0].command.endswith(f"--entity-name orders --delete-config {KEY}")


def test_is_a_red_flag(registry):
    assert registry.get("unclean-election-enabled").escalate


def test_is_silent_where_it_is_off(judge):
    configs = topic_configs({"orders": {KEY: "false"}}, source="default")

    assert judge("unclean-election-enabled", configs, OFF).status == "ok"


@pytest.mark.parametrize("source", ["cluster-default", "static", "broker"])
def test_what_all_topics_inherit_is_one_finding_for_the_cluster(judge, source):
    configs = topic_configs({f"t{n}": {KEY: "true"} for n in range(40)}, source=source)
    on = broker_configs({1: {KEY: "true"}, 2: {KEY: "true"}}, source=source)

    [finding] = judge("unclean-election-enabled", configs, on).findings

    assert finding.subject == CLUSTER
    assert finding.evidence == {"source_level": source, "topic_count": 40, "brokers": [1, 2]}


def test_the_cure_fits_the_level(judge):
    def command(source):
        configs = topic_configs({"orders": {KEY: "true"}}, source=source)
        on = broker_configs({1: {KEY: "true"}}, source=source)
        return judge("unclean-election-enabled", configs, on).findings[0].actions[0].command

    assert command("cluster-default").endswith(f"--entity-default --delete-config {KEY}")
    assert command("broker").endswith(f"--entity-name 1 --delete-config {KEY}")
    assert command("static").endswith(f"--entity-default --add-config {KEY}=false")


def test_a_topic_may_switch_it_off_for_itself(judge):
    """The cluster allows it, the topic does not: one finding, and it is not the topic's."""
    configs = topic_configs({"orders": {KEY: "false"}})
    on = broker_configs({1: {KEY: "true"}, 2: {KEY: "false"}})

    [finding] = judge("unclean-election-enabled", configs, on).findings

    assert finding.subject == CLUSTER
    assert finding.evidence["topic_count"] == 0
    assert finding.evidence["brokers"] == [1]


def test_topics_tell_it_without_the_settings_of_brokers(judge):
    configs = topic_configs({"orders": {KEY: "true"}}, source="static")

    [finding] = judge("unclean-election-enabled", configs).findings

    assert finding.subject == CLUSTER
    assert finding.cause == ""


def test_is_unknown_without_the_settings_of_topics(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics")}

    result = judge("unclean-election-enabled", OFF, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the topics"


def test_is_unknown_where_no_broker_returns_the_setting(judge):
    configs = topic_configs({"orders": {"retention.ms": "1"}})

    assert judge("unclean-election-enabled", configs).status == "unknown"
