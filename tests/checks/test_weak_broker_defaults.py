from kdiag.finding import CLUSTER
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.tables import broker_configs, brokers

STOCK = {
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
}
SAFE = STOCK | {"default.replication.factor": "3", "min.insync.replicas": "2"}


def everywhere(settings, ids=(1, 2, 3)):
    return broker_configs(dict.fromkeys(ids, settings))


def test_fires_once_on_the_defaults_of_kafka_with_three_brokers(judge):
    result = judge("weak-broker-defaults", everywhere(STOCK), brokers())

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.evidence["broker_count"] == 3
    assert finding.evidence["settings"] == [
        {"key": "default.replication.factor", "value": 1, "target": 3},
        {"key": "min.insync.replicas", "value": 1, "target": 2},
    ]


def test_fires_where_a_single_broker_is_weak(judge):
    table = broker_configs({1: SAFE, 2: SAFE, 3: SAFE | {"offsets.topic.replication.factor": "1"}})

    [finding] = judge("weak-broker-defaults", table, brokers()).findings

    assert [item["key"] for item in finding.evidence["settings"]] == [
        "offsets.topic.replication.factor"
    ]


def test_newer_internal_topics_count_where_brokers_know_them(judge):
    settings = SAFE | {"share.coordinator.state.topic.min.isr": "1"}

    [finding] = judge("weak-broker-defaults", everywhere(settings), brokers()).findings

    assert finding.evidence["settings"][0]["target"] == 2


def test_is_silent_with_three_copies_of_which_two_must_be_in_sync(judge):
    assert judge("weak-broker-defaults", everywhere(SAFE), brokers()).status == "ok"


def test_a_limit_that_became_a_cluster_default_counts_as_set(judge):
    """With eligible leader replicas on, brokers show min.insync.replicas as a cluster default."""
    table = broker_configs(dict.fromkeys((1, 2, 3), SAFE), source="cluster-default")

    assert judge("weak-broker-defaults", table, brokers()).status == "ok"


def test_two_brokers_should_keep_two_copies_and_accept_one(judge):
    two = {key: "2" if "factor" in key else "1" for key in STOCK}

    assert judge("weak-broker-defaults", everywhere(two, (1, 2)), brokers(1, 2)).status == "ok"


def test_more_copies_than_brokers_cannot_be_made(judge):
    result = judge("weak-broker-defaults", everywhere(SAFE, (1, 2)), brokers(1, 2))

    [finding] = result.findings
    assert finding.evidence["settings"][0]["target"] == 2
    assert "cannot be created" in finding.impact


def test_a_broker_that_is_down_still_counts(judge):
    assert (
        judge("weak-broker-defaults", everywhere(SAFE), brokers(1, 2, 3, down=[3])).status == "ok"
    )


def test_does_not_apply_to_a_single_broker(judge):
    result = judge("weak-broker-defaults", everywhere(STOCK, (1,)), brokers(1))

    assert result.status == "not_applicable"


def test_is_unknown_where_a_setting_was_not_returned(judge):
    partial = {key: value for key, value in SAFE.items() if key != "min.insync.replicas"}

    result = judge("weak-broker-defaults", everywhere(partial), brokers())

    assert result.status == "unknown"
    assert "min.insync.replicas" in result.reason


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    result = judge("weak-broker-defaults", brokers(), absent=absent)

    assert result.needs == "DescribeConfigs on Cluster"
