from kdiag.finding import CLUSTER, topic
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.tables import broker_configs, topic_configs

STOCK = {
    "socket.request.max.bytes": "104857600",
    "replica.fetch.max.bytes": "1048576",
    "replica.fetch.response.max.bytes": "10485760",
}
DEFAULT = {"max.message.bytes": "1048588", "segment.bytes": "1073741824"}


def brokers(**changed):
    third = STOCK | {key.replace("_", "."): value for key, value in changed.items()}
    return broker_configs({1: STOCK, 2: STOCK, 3: third})


def test_warns_where_a_topic_allows_more_than_a_socket_takes(judge):
    configs = topic_configs({"images": DEFAULT | {"max.message.bytes": "209715200"}})

    result = judge("message-size-chain", configs, brokers())

    [finding] = result.findings
    assert finding.subject == topic("images")
    assert finding.severity == "warning"
    assert finding.evidence["limited_by"] == "socket.request.max.bytes"
    assert finding.evidence["limit_bytes"] == 104857600


def test_one_broker_with_a_smaller_socket_limit_is_enough(judge):
    configs = topic_configs({"images": DEFAULT | {"max.message.bytes": "20000000"}})

    result = judge("message-size-chain", configs, brokers(socket_request_max_bytes="10000000"))

    assert result.findings[0].evidence["limit_bytes"] == 10000000


def test_warns_where_a_topic_allows_more_than_its_segments_hold(judge):
    configs = topic_configs(
        {"tiny": DEFAULT | {"max.message.bytes": "2097152", "segment.bytes": "1048576"}}
    )

    result = judge("message-size-chain", configs, brokers())

    [finding] = result.findings
    assert finding.severity == "warning"
    assert finding.evidence["limited_by"] == "segment.bytes"


def test_a_fetch_limit_of_followers_is_soft_and_only_worth_a_note(judge):
    """A batch beyond it is returned alone (KIP-74): replication goes on."""
    configs = topic_configs({"images": DEFAULT | {"max.message.bytes": "5242880"}})

    result = judge("message-size-chain", configs, brokers())

    [finding] = result.findings
    assert finding.severity == "info"
    assert finding.evidence["limited_by"] == "replica.fetch.max.bytes"


def test_the_defaults_of_kafka_do_not_contradict_each_other(judge):
    """1048588 exceeds 1048576 by the overhead of a batch."""
    configs = topic_configs({"orders": DEFAULT}, source="default")

    assert judge("message-size-chain", configs, brokers()).status == "ok"


def test_the_smallest_segments_of_newer_releases_do_not_contradict_the_default(judge):
    """Since 4.0 segment.bytes is at least 1048576, again 12 bytes below max.message.bytes."""
    configs = topic_configs({"tiny": DEFAULT | {"segment.bytes": "1048576"}})

    assert judge("message-size-chain", configs, brokers()).status == "ok"


def test_is_silent_at_the_socket_limit_where_followers_fetch_as_much(judge):
    configs = topic_configs({"images": DEFAULT | {"max.message.bytes": "104857600"}})
    wide = STOCK | dict.fromkeys(list(STOCK)[1:], "104857600")

    assert judge("message-size-chain", configs, broker_configs({1: wide})).status == "ok"


def test_is_one_finding_where_topics_take_the_limit_of_the_brokers(judge):
    limits = {f"t{n}": DEFAULT | {"max.message.bytes": "5242880"} for n in range(100)}

    result = judge("message-size-chain", topic_configs(limits, source="static"), brokers())

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert "100 topics" in finding.symptom


def test_is_unknown_where_a_broker_lacks_a_limit(judge):
    configs = topic_configs({"orders": DEFAULT})
    partial = broker_configs({1: STOCK, 2: {"socket.request.max.bytes": "104857600"}})

    result = judge("message-size-chain", configs, partial)

    assert result.status == "unknown"
    assert "replica.fetch.max.bytes" in result.reason


def test_is_unknown_without_the_settings_of_brokers(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    result = judge("message-size-chain", topic_configs({"orders": DEFAULT}), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Cluster"
