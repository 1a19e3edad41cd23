import pytest

from kdiag.finding import CLUSTER
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.tables import NOW, broker_configs

SAME = {"log.retention.hours": "168"}


def row(broker, value, source="broker", static=None, key="num.io.threads", **more):
    return {
        "broker": broker,
        "key": key,
        "value": value,
        "source": source,
        "static_value": static,
        "is_sensitive": False,
        **more,
    }


def table(*rows):
    return BrokerConfigs.from_rows(rows, read_at=NOW)


def test_fires_once_for_all_settings_that_differ(judge):
    other = {"log.retention.hours": "24", "num.io.threads": "16"}
    configs = broker_configs({1: SAME | {"num.io.threads": "8"}, 2: other, 3: other})

    result = judge("broker-config-drift", configs)

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.evidence["differing"] == [
        {"key": "log.retention.hours", "values": {"1": "168", "2": "24", "3": "24"}},
        {"key": "num.io.threads", "values": {"1": "8", "2": "16", "3": "16"}},
    ]


def test_fires_where_a_dynamic_value_of_a_broker_hides_its_file(judge):
    result = judge("broker-config-drift", table(row(1, "16", static="8"), row(2, "16", "static")))

    [finding] = result.findings
    assert finding.evidence["differing_count"] == 0
    assert finding.evidence["hidden"] == [
        {"key": "num.io.threads", "broker": 1, "value": "16", "static_value": "8"}
    ]
    assert finding.actions[1].command.endswith("--entity-name 1 --delete-config num.io.threads")


def test_a_dynamic_value_that_the_file_repeats_is_fine(judge):
    configs = table(row(1, "16", static="16"), row(2, "16", "static"))

    assert judge("broker-config-drift", configs).status == "ok"


def test_a_cluster_wide_default_that_is_the_same_everywhere_is_no_drift(judge):
    """So does min.insync.replicas of server.properties appear where ELR is on."""
    configs = table(
        *(row(id_, "2", "cluster-default", "1", "min.insync.replicas") for id_ in (1, 2, 3))
    )

    assert judge("broker-config-drift", configs).status == "ok"


@pytest.mark.parametrize(
    "key",
    [
        "broker.id",
        "node.id",
        "broker.rack",
        "process.roles",
        "listeners",
        "advertised.listeners",
        "log.dir",
        "log.dirs",
        "metadata.log.dir",
        "controller.listener.names",
        "ssl.keystore.location",
        "listener.name.internal.ssl.keystore.location",
        "sasl.oauthbearer.jwks.host",
    ],
)
def test_what_is_a_brokers_own_may_differ(judge, key):
    configs = broker_configs({1: SAME | {key: "a"}, 2: SAME | {key: "b"}})

    assert judge("broker-config-drift", configs).status == "ok"


def test_sensitive_values_are_not_compared(judge):
    secret = {"key": "sasl.jaas.config", "is_sensitive": True}
    configs = table(row(1, None, "static", **secret), row(2, None, "broker", **secret))

    assert judge("broker-config-drift", configs).status == "ok"


def test_built_in_defaults_that_differ_belong_to_an_upgrade(judge):
    key = "num.recovery.threads.per.data.dir"
    configs = table(row(1, "1", "default", key=key), row(2, "2", "default", key=key))

    assert judge("broker-config-drift", configs).status == "ok"


def test_settings_can_be_ignored_by_name(judge):
    configs = broker_configs({1: {"num.io.threads": "8"}, 2: {"num.io.threads": "16"}})

    result = judge("broker-config-drift", configs, ignored_names=("num.io.threads",))

    assert result.status == "ok"


def test_does_not_apply_to_a_single_broker(judge):
    assert judge("broker-config-drift", broker_configs({1: SAME})).status == "not_applicable"


def test_is_unknown_where_the_other_broker_did_not_answer(judge):
    configs = broker_configs({1: SAME}, errors={"broker 2": Missing("timed out after 5 s")})

    result = judge("broker-config-drift", configs)

    assert result.status == "unknown"
    assert "broker 2" in result.reason


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    assert judge("broker-config-drift", absent=absent).needs == "DescribeConfigs on Cluster"
