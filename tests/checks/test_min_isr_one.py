from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import topic
from kdiag.sections import Reassignments, TopicConfigs
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    broker_configs,
    brokers,
    partition_row,
    partitions,
    topic_configs,
    topics,
)

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


def test_what_is_inherited_folds_under_the_default_that_it_comes_from(registry):
    """One setting, one advice; a topic that says it itself stays visible."""
    ids = ("min-isr-one", "weak-broker-defaults")
    checks = {id_: registry.get(id_) for id_ in ids}
    defaults = {
        "default.replication.factor": "3",
        "offsets.topic.replication.factor": "3",
        "transaction.state.log.replication.factor": "3",
        "min.insync.replicas": "1",
        "transaction.state.log.min.isr": "2",
    }
    for source, roots in (
        ("cluster-default", ["weak-broker-defaults"]),
        ("topic", ["min-isr-one", "weak-broker-defaults"]),
    ):
        held = [
            rows(3),
            topic_configs({"orders": {"min.insync.replicas": "1"}}, source=source),
            brokers(),
            broker_configs(dict.fromkeys((1, 2, 3), defaults)),
        ]
        snapshot = Snapshot(taken_at=NOW, sections={type(each): each for each in held})

        reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

        assert sorted(item.check for item in reported if item.is_root) == roots


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
