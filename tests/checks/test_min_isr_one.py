from kdiag.finding import topic
from kdiag.sections import Reassignments, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import partition_row, partitions, topic_configs, topics

LIMIT_1 = topic_configs({"orders": {"min.insync.replicas": "1"}})


def rows(factor):
    return topics(
        {"topic": "orders", "replication_factor_min": factor, "replication_factor_max": factor}
    )


def test_fires_where_three_copies_may_be_one(judge):
    result = judge("min-isr-one", rows(3), LIMIT_1)

    [finding] = result.findings
    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.evidence["replication_factor"] == 3
    assert finding.evidence["min_insync_replicas"] == 1
    assert "--entity-name orders" in finding.actions[0].command


def test_is_silent_with_a_limit_of_two(judge):
    limit = topic_configs({"orders": {"min.insync.replicas": "2"}})

    assert judge("min-isr-one", rows(3), limit).status == "ok"


def test_two_replicas_with_a_limit_of_one_stay_writable_during_restarts(judge):
    assert judge("min-isr-one", rows(2), LIMIT_1).status == "ok"


def test_an_inherited_limit_is_changed_where_it_comes_from(judge):
    limit = topic_configs({"orders": {"min.insync.replicas": "1"}}, source="default")

    [finding] = judge("min-isr-one", rows(3), limit).findings

    assert "--entity-type brokers --entity-default" in finding.actions[0].command


def test_the_number_of_replicas_can_be_tuned(judge):
    assert judge("min-isr-one", rows(3), LIMIT_1, minimum_replicas=4).status == "ok"


def test_is_unknown_without_the_limit(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics")}

    result = judge("min-isr-one", rows(3), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the topics"


def test_is_unknown_where_the_limit_of_one_topic_was_not_read(judge):
    limit = topic_configs(
        {"audit": {"min.insync.replicas": "2"}}, errors={"topic orders": Missing("not authorised")}
    )

    assert judge("min-isr-one", rows(3), limit).status == "unknown"


def test_a_topic_that_moves_has_no_more_copies_than_before(judge):
    table = partitions(partition_row("orders", replicas=(1, 3, 2), isr=(1, 2)))
    moving = Reassignments.from_rows(
        [{"topic": "orders", "partition": 0, "adding": (3,), "removing": (2,)}]
    )

    result = judge(
        "min-isr-one",
        rows(3),
        LIMIT_1,
        table,
        moving,
    )

    assert result.status == "ok"
