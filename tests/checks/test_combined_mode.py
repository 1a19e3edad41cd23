from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.tables import broker_configs, brokers, cluster

ID = "combined-mode"


def roles(*values):
    return broker_configs({n: {"process.roles": value} for n, value in enumerate(values, 1)})


def test_fires_from_four_brokers_on(judge):
    both = roles("broker,controller", "broker,controller", "controller, broker", "broker")

    [finding] = judge(ID, both, brokers(1, 2, 3, 4), cluster()).findings

    assert finding.severity == "info"
    assert finding.evidence == {"broker_count": 4, "combined_brokers": [1, 2, 3]}


def test_is_silent_where_controllers_stand_alone(judge):
    assert judge(ID, roles(*["broker"] * 5), brokers(1, 2, 3, 4, 5), cluster()).status == "ok"


def test_three_brokers_may_be_both(judge):
    both = roles(*["broker,controller"] * 3)

    assert judge(ID, both, brokers(1, 2, 3), cluster()).status == "not_applicable"


def test_does_not_apply_with_zookeeper(judge):
    result = judge(ID, roles(""), brokers(1, 2, 3, 4), cluster("zookeeper"))

    assert result.status == "not_applicable"


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("denied", "DescribeConfigs on Cluster")}

    assert judge(ID, brokers(1, 2, 3, 4), cluster(), absent=absent).status == "unknown"
    silent = broker_configs({1: {"node.id": "1"}})
    assert judge(ID, silent, brokers(1, 2, 3, 4), cluster()).status == "unknown"
