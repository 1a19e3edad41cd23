from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import partition
from kdiag.sections import Partitions, Reassignments
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, brokers, partition_row, partitions, reassignments, topic_configs

NONE_MOVING = reassignments({})


def test_fires_where_a_replica_is_out_of_the_isr(judge):
    table = partitions(partition_row("orders", 0), partition_row("orders", 1, isr=(1, 2)))

    result = judge("under-replicated", table, NONE_MOVING)

    [finding] = result.findings
    assert finding.subject == partition("orders", 1)
    assert finding.severity == "warning"
    assert finding.evidence["in_sync_replicas"] == 2
    assert finding.evidence["missing_brokers"] == [3]


def test_is_silent_where_every_isr_is_complete(judge):
    result = judge("under-replicated", partitions(partition_row("orders")), NONE_MOVING)

    assert result.status == "ok"
    assert result.examined == "1 partitions"


def test_internal_topics_count(judge):
    table = partitions(partition_row("__consumer_offsets", isr=(1, 2)))

    assert judge("under-replicated", table, NONE_MOVING).status == "problem"


def test_is_silent_for_a_partition_that_is_being_reassigned(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3, 4), isr=(1, 2, 3)))

    moving = reassignments({("orders", 0): (4,)})

    assert judge("under-replicated", table, moving).status == "ok"


def test_a_replica_that_fails_during_a_reassignment_counts(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3, 4), isr=(1, 2)))

    [finding] = judge("under-replicated", table, reassignments({("orders", 0): (4,)})).findings

    assert finding.evidence["missing_brokers"] == [3]


def test_a_partition_without_a_leader_is_left_to_offline_partition(judge):
    table = partitions(partition_row("orders", isr=(3,), leader=None))

    assert judge("under-replicated", table, NONE_MOVING).status == "ok"


def test_is_unknown_where_a_reassignment_cannot_be_ruled_out(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))
    absent = {Reassignments: Missing("not authorised", "Describe on the cluster")}

    result = judge("under-replicated", table, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on the cluster"
    assert "1 partition" in result.reason


def test_is_ok_without_reassignments_where_every_isr_is_complete(judge):
    absent = {Reassignments: Missing("not authorised", "Describe on the cluster")}

    result = judge("under-replicated", partitions(partition_row("orders")), absent=absent)

    assert result.status == "ok"


def test_is_unknown_without_the_partitions(judge):
    absent = {Partitions: Missing("timed out")}

    assert judge("under-replicated", NONE_MOVING, absent=absent).status == "unknown"


def test_one_partition_is_one_root_with_the_worst_of_the_three(registry):
    table = partitions(
        partition_row("orders", 0, isr=(1,)),
        partition_row("orders", 1, isr=(1, 2)),
        partition_row("orders", 2, replicas=(1, 2, 3, 4), isr=(1, 2, 3)),
    )
    limit = topic_configs({"orders": {"min.insync.replicas": "2"}})
    ids = ("under-replicated", "at-min-isr", "under-min-isr")
    checks = {id_: registry.get(id_) for id_ in ids}
    held = {type(item): item for item in (table, limit, NONE_MOVING, brokers(1, 2, 3, 4))}
    results = run(list(checks.values()), Snapshot(taken_at=NOW, sections=held), {})

    roots = [item for item in correlate(results, checks, "cluster") if item.is_root]

    assert [(item.check, item.finding.subject) for item in roots] == [
        ("under-min-isr", partition("orders", 0)),
        ("at-min-isr", partition("orders", 1)),
        ("under-replicated", partition("orders", 2)),
    ]
