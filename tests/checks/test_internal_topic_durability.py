import pytest

from kdiag.finding import topic
from kdiag.sections import TopicConfigs, Topics
from kdiag.snapshot import Missing
from tests.tables import brokers, partition_row, partitions, topic_configs, topics

OFFSETS = "__consumer_offsets"
SPREAD = partitions(partition_row(OFFSETS))
COMPACT = topic_configs({OFFSETS: {"cleanup.policy": "compact"}})


def row(name=OFFSETS, factor=3):
    return {
        "topic": name,
        "is_internal": name == OFFSETS,
        "replication_factor_min": factor,
        "replication_factor_max": factor,
    }


def test_fires_where_committed_offsets_have_one_copy(judge):
    result = judge("internal-topic-durability", topics(row(factor=1)), brokers(), SPREAD, COMPACT)

    [finding] = result.findings
    assert finding.subject == topic(OFFSETS)
    assert finding.severity == "warning"
    assert finding.evidence["replication_factor"] == 1
    assert finding.evidence["target_replication_factor"] == 3


@pytest.mark.parametrize(
    "name", ["_schemas", "connect-configs", "__remote_log_metadata", "__share_group_state"]
)
def test_topics_of_connect_registry_and_tiered_storage_count_too(judge, name):
    policy = topic_configs({name: {"cleanup.policy": "delete"}})
    table = topics(row(name, 2))

    [finding] = judge("internal-topic-durability", table, brokers(), SPREAD, policy).findings

    assert finding.subject == topic(name)
    assert "cleanup_policy" not in finding.evidence


def test_is_silent_with_three_copies_that_are_compacted(judge):
    result = judge("internal-topic-durability", topics(row()), brokers(), SPREAD, COMPACT)

    assert result.status == "ok"


@pytest.mark.parametrize("policy", ["delete", "compact,delete"])
def test_a_delete_policy_drops_offsets(judge, policy):
    configs = topic_configs({OFFSETS: {"cleanup.policy": policy}})

    [finding] = judge(
        "internal-topic-durability", topics(row()), brokers(), SPREAD, configs
    ).findings

    assert finding.evidence["cleanup_policy"] == policy
    assert finding.actions[0].command.endswith("cleanup.policy=compact")


def test_two_faults_of_one_topic_are_one_finding(judge):
    configs = topic_configs({OFFSETS: {"cleanup.policy": "delete"}})
    table = topics(row(factor=1))

    [finding] = judge("internal-topic-durability", table, brokers(), SPREAD, configs).findings

    assert "has 1 replica" in finding.symptom
    assert "cleanup.policy=delete" in finding.symptom
    assert len(finding.actions) == 2


def test_state_that_is_not_compacted_by_design_is_fine(judge):
    configs = topic_configs({"__share_group_state": {"cleanup.policy": "delete"}})
    table = topics(row("__share_group_state"))

    result = judge("internal-topic-durability", table, brokers(), SPREAD, configs)

    assert result.status == "ok"


def test_an_ordinary_topic_with_one_copy_is_left_to_its_own_check(judge):
    configs = topic_configs({"orders": {"cleanup.policy": "delete"}})
    table = topics(row("orders", 1))

    result = judge("internal-topic-durability", table, brokers(), SPREAD, configs)

    assert result.status == "ok"


def test_a_single_broker_has_no_place_for_a_second_copy(judge):
    table = partitions(partition_row(OFFSETS, replicas=(1,)))

    result = judge("internal-topic-durability", topics(row(factor=1)), brokers(1), table, COMPACT)

    assert result.status == "ok"


def test_is_unknown_without_the_policies(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics")}

    result = judge("internal-topic-durability", topics(row()), brokers(), SPREAD, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the topics"


def test_too_few_copies_are_said_even_without_the_policies(judge):
    absent = {TopicConfigs: Missing("not authorised")}
    table = topics(row(factor=1))

    result = judge("internal-topic-durability", table, brokers(), SPREAD, absent=absent)

    assert result.status == "problem"


def test_is_unknown_without_the_topics(judge):
    result = judge("internal-topic-durability", COMPACT, absent={Topics: Missing("timed out")})

    assert result.status == "unknown"
