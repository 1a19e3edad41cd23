from kdiag.finding import CLUSTER, topic
from kdiag.sections import Facts, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import topic_configs

NO_JMX = {Facts: Missing("JMX was not given", "--jmx")}
REJECTED = Facts.from_rows(
    [{"target": "broker 1", "fact": "bytes-rejected", "value": 0.0, "kind": "counter"}]
)
TEN_MB = str(10 * 1024**2)


def test_fires_on_a_topic_that_takes_ten_megabytes(judge):
    configs = topic_configs({"images": {"max.message.bytes": TEN_MB}})

    result = judge("oversized-messages", configs, absent=NO_JMX)

    [finding] = result.findings
    assert finding.subject == topic("images")
    assert (finding.severity, finding.confidence) == ("warning", "possible")
    assert finding.evidence["max_message_bytes"] == 10 * 1024**2
    assert "claim check" in finding.actions[0].text


def test_is_one_finding_where_topics_take_the_limit_of_the_brokers(judge):
    limits = {f"t{n}": {"max.message.bytes": TEN_MB} for n in range(1000)}

    result = judge("oversized-messages", topic_configs(limits, source="static"), absent=NO_JMX)

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert "1,000 topics" in finding.symptom


def test_is_silent_at_the_limit_and_at_the_default(judge):
    limits = {"a": {"max.message.bytes": "4194304"}, "b": {"max.message.bytes": "1048588"}}

    assert judge("oversized-messages", topic_configs(limits), REJECTED).status == "ok"


def test_silence_is_unknown_without_jmx(judge):
    configs = topic_configs({"orders": {"max.message.bytes": "1048588"}})

    result = judge("oversized-messages", configs, absent=NO_JMX)

    assert result.status == "unknown"
    assert "JMX" in result.reason
    assert result.needs == "--jmx"


def test_silence_is_unknown_without_the_limits(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic orders")}

    result = judge("oversized-messages", REJECTED, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Topic orders"
