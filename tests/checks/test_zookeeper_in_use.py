from kdiag.finding import CLUSTER
from kdiag.sections import Cluster
from kdiag.snapshot import Missing
from tests.tables import broker_configs, brokers, cluster, facts


def test_warns_on_the_last_release_with_zookeeper(judge):
    result = judge("zookeeper-in-use", cluster("zookeeper", "3.9"))

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.evidence["blocker_count"] == 0


def test_is_critical_before_the_last_release_with_zookeeper(judge):
    result = judge("zookeeper-in-use", cluster("zookeeper", "3.5"))

    [finding] = result.findings
    assert finding.severity == "critical"
    assert finding.evidence["kafka_version"] == "3.5"
    assert "upgrade them to the latest 3.9 first" in finding.evidence["blockers"][0]


def test_a_release_that_could_not_be_told_is_not_called_old(judge):
    """3.9 or older may be 3.9: what is not known is said, and not counted as worse."""
    result = judge("zookeeper-in-use", cluster("zookeeper", "3.9 or older"))

    [finding] = result.findings
    assert finding.severity == "warning"
    assert "could not be told" in finding.evidence["blockers"][0]


def test_lists_the_settings_that_block_the_migration(judge):
    configs = broker_configs(
        {
            1: {"inter.broker.protocol.version": "3.9-IV0", "control.plane.listener.name": "CP"},
            2: {"inter.broker.protocol.version": "3.4-IV0", "control.plane.listener.name": "CP"},
        }
    )

    result = judge("zookeeper-in-use", cluster("zookeeper", "3.9"), configs)

    [finding] = result.findings
    assert [blocker.split(" is ")[0] for blocker in finding.evidence["blockers"]] == [
        "inter.broker.protocol.version",
        "control.plane.listener.name",
    ]


def test_warns_where_the_migration_was_left_half_way(judge):
    result = judge("zookeeper-in-use", cluster("migrating", "3.9"))

    [finding] = result.findings
    assert finding.severity == "warning"
    assert "not finished" in finding.symptom


def test_a_release_that_is_older_than_all_that_can_be_told_apart_is_old(judge):
    [finding] = judge("zookeeper-in-use", cluster("zookeeper", "2.3 or older")).findings

    assert finding.severity == "critical"
    assert "runs Kafka 2.3 or older" in finding.symptom


def _offering(table, keys):
    ranges = [tuple((key, 0, 1) for key in offered) for offered in keys]
    table.rows["api_versions"] = ranges
    return table


def test_names_the_brokers_that_are_still_in_zookeeper_mode_and_whom_to_ask(judge):
    table = _offering(brokers(), [(1, 4), (1, 4), (1, 55)])
    configs = broker_configs({1: {"controller.quorum.voters": "101@c1:9093,102@c2:9093"}})

    [finding] = judge("zookeeper-in-use", cluster("migrating", "3.9"), table, configs).findings

    assert finding.evidence["zookeeper_mode_brokers"] == [1, 2]
    assert finding.cause == "Still in ZooKeeper mode: broker 1, 2."
    assert "--bootstrap-controller c1:9093,c2:9093 " in finding.actions[0].command
    assert finding.actions[1].text.startswith("Restart broker 1, 2 with process.roles=broker")


def test_a_migration_of_which_only_controllers_know_is_told_by_jmx(judge):
    table = _offering(brokers(), [(1, 55), (1, 55), (1, 55)])
    told = facts({"controller 101": {"zookeeper-migration": 1.0}})

    [finding] = judge("zookeeper-in-use", cluster("kraft", "3.9"), table, told).findings

    assert finding.evidence["zookeeper_mode_brokers"] == []
    assert "--bootstrap-server {bootstrap}" in finding.actions[0].command
    assert finding.actions[1].text.startswith("Finish it")


def test_controllers_that_have_finished_the_migration_are_silent(judge):
    told = facts({"controller 101": {"zookeeper-migration": 3.0}})

    assert judge("zookeeper-in-use", cluster("kraft", "3.9"), told).status == "ok"


def test_a_zookeeper_connect_that_was_left_behind_is_no_use_of_zookeeper(judge):
    configs = broker_configs({1: {"zookeeper.connect": "zk1:2181", "process.roles": "broker"}})

    assert judge("zookeeper-in-use", cluster("kraft", "3.9"), configs).status == "ok"


def test_is_silent_on_a_new_cluster_without_the_settings_of_old_ones(judge):
    configs = broker_configs({1: {"process.roles": "broker,controller"}})

    assert judge("zookeeper-in-use", cluster(), configs).status == "ok"


def test_is_unknown_where_no_broker_told_the_mode(judge):
    result = judge("zookeeper-in-use", cluster("unknown", None))

    assert result.status == "unknown"
    assert "KRaft or ZooKeeper" in result.reason


def test_is_unknown_without_the_cluster(judge):
    result = judge("zookeeper-in-use", absent={Cluster: Missing("no broker answered")})

    assert result.status == "unknown"


def test_is_marked_for_escalation(registry):
    assert registry.get("zookeeper-in-use").escalate
