from kdiag.finding import partition
from kdiag.sections import Reassignments, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import partition_row, partitions, reassignments, topic_configs

LIMIT_2 = topic_configs({"orders": {"min.insync.replicas": "2"}})
NONE_MOVING = reassignments({})


def test_fires_where_one_more_failure_stops_writes(judge):
    table = partitions(partition_row("orders", 0), partition_row("orders", 1, isr=(1, 2)))

    result = judge("at-min-isr", table, LIMIT_2, NONE_MOVING)

    [finding] = result.findings
    assert finding.subject == partition("orders", 1)
    assert finding.severity == "warning"
    assert finding.evidence["in_sync_replicas"] == 2
    assert finding.evidence["min_insync_replicas"] == 2
    assert finding.evidence["missing_brokers"] == [3]
    assert finding.covers == {partition("orders", 1)}


def test_is_silent_with_a_replica_to_spare(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3, 4), isr=(1, 2, 3)))

    assert judge("at-min-isr", table, LIMIT_2, NONE_MOVING).status == "ok"


def test_is_silent_below_the_limit_where_writes_are_refused_already(judge):
    table = partitions(partition_row("orders", isr=(1,)))

    assert judge("at-min-isr", table, LIMIT_2, NONE_MOVING).status == "ok"


def test_a_complete_isr_at_the_limit_is_a_matter_of_settings(judge):
    table = partitions(partition_row("orders", replicas=(1, 2)))

    assert judge("at-min-isr", table, LIMIT_2, NONE_MOVING).status == "ok"


def test_replicas_that_are_only_being_added_are_not_missing(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3, 4), isr=(1, 2)))
    moving = reassignments({("orders", 0): (3, 4)})

    assert judge("at-min-isr", table, LIMIT_2, moving).status == "ok"


def test_a_replica_lost_during_a_reassignment_is_missing(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3, 4), isr=(1, 2)))
    moving = reassignments({("orders", 0): (4,)})

    [finding] = judge("at-min-isr", table, LIMIT_2, moving).findings

    assert finding.evidence["missing_brokers"] == [3]


def test_with_a_limit_of_one_the_next_failure_takes_it_offline(judge):
    table = partitions(partition_row("orders", isr=(1,)))
    limit = topic_configs({"orders": {"min.insync.replicas": "1"}})

    [finding] = judge("at-min-isr", table, limit, NONE_MOVING).findings

    assert "offline" in finding.impact


def test_is_unknown_where_a_reassignment_cannot_be_ruled_out(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))
    absent = {Reassignments: Missing("not authorised", "Describe on the cluster")}

    result = judge("at-min-isr", table, LIMIT_2, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on the cluster"


def test_is_ok_without_reassignments_where_every_isr_is_complete(judge):
    absent = {Reassignments: Missing("not authorised", "Describe on the cluster")}

    result = judge("at-min-isr", partitions(partition_row("orders")), LIMIT_2, absent=absent)

    assert result.status == "ok"


def test_is_unknown_without_the_limit(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics")}

    result = judge("at-min-isr", partitions(partition_row("orders")), NONE_MOVING, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the topics"
