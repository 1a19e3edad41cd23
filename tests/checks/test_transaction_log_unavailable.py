import pytest

from kdiag.finding import partition
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import partition_row, partitions, topic_configs

LOG = "__transaction_state"
LIMIT_2 = topic_configs({LOG: {"min.insync.replicas": "2"}, "orders": {"min.insync.replicas": "2"}})


def test_fires_where_fewer_replicas_are_in_sync_than_its_writes_need(judge):
    table = partitions(partition_row(LOG, 0), partition_row(LOG, 1, isr=(1,)))

    result = judge("transaction-log-unavailable", table, LIMIT_2)

    [finding] = result.findings
    assert finding.subject == partition(LOG, 1)
    assert finding.severity == "critical"
    assert finding.evidence["missing_brokers"] == [2, 3]
    assert "one in 2 transactional ids" in finding.impact


def test_fires_without_a_leader(judge):
    table = partitions(partition_row(LOG, 0, isr=(1, 2), leader=None))

    [finding] = judge("transaction-log-unavailable", table, LIMIT_2).findings

    assert "has no leader" in finding.symptom


@pytest.mark.parametrize("isr", [(1, 2, 3), (1, 2)])
def test_is_silent_while_writes_are_taken(judge, isr):
    table = partitions(partition_row(LOG, 0, isr=isr))

    assert judge("transaction-log-unavailable", table, LIMIT_2).status == "ok"


def test_is_silent_for_other_topics(judge):
    table = partitions(partition_row(LOG, 0), partition_row("orders", 0, isr=(1,)))

    assert judge("transaction-log-unavailable", table, LIMIT_2).status == "ok"


def test_one_copy_in_a_small_cluster_takes_writes(judge):
    table = partitions(partition_row(LOG, 0, replicas=(1,)))

    assert judge("transaction-log-unavailable", table, LIMIT_2).status == "ok"


def test_does_not_apply_where_nobody_used_transactions(judge):
    table = partitions(partition_row("orders", 0))

    assert judge("transaction-log-unavailable", table, LIMIT_2).status == "not_applicable"


def test_is_unknown_without_the_limit(judge):
    table = partitions(partition_row(LOG, 0))
    absent = {TopicConfigs: Missing("not authorised", f"DescribeConfigs on Topic {LOG}")}

    result = judge("transaction-log-unavailable", table, absent=absent)

    assert result.status == "unknown"
    assert result.needs == f"DescribeConfigs on Topic {LOG}"
