from kdiag.finding import partition
from kdiag.sections import Partitions, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import partition_row, partitions, topic_configs

LIMIT_2 = topic_configs({"orders": {"min.insync.replicas": "2"}})


def test_fires_where_fewer_replicas_are_in_sync_than_writes_need(judge):
    table = partitions(partition_row("orders", 0), partition_row("orders", 1, isr=(1,)))

    result = judge("under-min-isr", table, LIMIT_2)

    [finding] = result.findings
    assert finding.subject == partition("orders", 1)
    assert finding.severity == "critical"
    assert finding.evidence["in_sync_replicas"] == 1
    assert finding.evidence["missing_brokers"] == [2, 3]


def test_is_silent_at_the_limit(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    assert judge("under-min-isr", table, LIMIT_2).status == "ok"


def test_a_limit_above_the_replication_factor_does_not_refuse_writes(judge):
    """Brokers cap the limit at the replication factor: RF 1 with min ISR 3 takes writes."""
    table = partitions(partition_row("orders", replicas=(1,)))
    limits = topic_configs({"orders": {"min.insync.replicas": "3"}})

    assert judge("under-min-isr", table, limits).status == "ok"


def test_is_unknown_without_the_limit(judge):
    result = judge(
        "under-min-isr",
        partitions(partition_row("orders", isr=(1,))),
        absent={TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics")},
    )

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the topics"


def test_is_unknown_where_the_limit_of_one_topic_was_not_read(judge):
    table = partitions(partition_row("orders"), partition_row("secret", isr=(1,)))
    limits = topic_configs(
        {"orders": {"min.insync.replicas": "2"}}, errors={"topic secret": Missing("not authorised")}
    )

    result = judge("under-min-isr", table, limits)

    assert result.status == "unknown"
    assert "secret" in result.reason


def test_does_not_apply_to_a_cluster_without_topics(judge):
    assert judge("under-min-isr", Partitions.of(), topic_configs({})).status == "not_applicable"
