"""What a restart would break: tables in, a report out."""

import pytest

from kdiag.errors import UsageError
from kdiag.preflight.restart import Restart, is_hopeless, judged
from kdiag.sections import Groups, Quorum, Reassignments, TopicConfigs
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    ago,
    brokers,
    cluster,
    groups,
    partition_row,
    partitions,
    quorum,
    reassignments,
    topic_configs,
    topics,
)

NOBODY_MOVES = reassignments({})
NO_GROUPS = Groups.of(read_at=NOW)


def voters(*silent):
    rows = [
        {
            "replica_id": id_,
            "is_voter": True,
            "log_end_offset": 10,
            "last_fetch": ago(60) if id_ in silent else NOW,
            "last_caught_up": ago(60) if id_ in silent else NOW,
        }
        for id_ in (1, 2, 3)
    ]
    return quorum(*rows)


def cluster_of(*rows, limit="2", **held):
    """Return a snapshot of three brokers in three racks, and partitions; sections by name."""
    names = sorted({row["topic"] for row in rows})
    sections = [
        cluster(),
        brokers(1, 2, 3, racks={1: "a", 2: "b", 3: "c"}),
        partitions(*rows),
        topics(*({"topic": name, "partition_count": 4} for name in names)),
        topic_configs({name: {"min.insync.replicas": limit} for name in names}),
        voters(),
        NOBODY_MOVES,
        NO_GROUPS,
    ]
    by_kind = {type(section): section for section in sections} | {
        type(section): section for section in held.pop("sections", ())
    }
    return Snapshot(taken_at=NOW, sections={**by_kind, **held.pop("absent", {})})


def found(report):
    return {item.check: item for item in report.findings}


def test_a_broker_whose_partitions_have_one_to_spare_can_be_restarted():
    report = judged(cluster_of(partition_row("orders"), partition_row("orders", 1)), Restart(1))

    assert report.findings == ()
    assert report.verdict.status == "healthy"
    assert report.verdict.sentence.startswith("Broker 1 can be restarted")
    assert "2 leaders and the coordinator of 0 groups will move" in report.verdict.sentence


def test_another_replica_out_of_sync_refuses_writes_until_it_is_back():
    report = judged(cluster_of(partition_row("orders", isr=(1, 2))), Restart(2))

    item = found(report)["under-min-isr"]
    assert item.finding.evidence["left_in_sync_replicas"] == [1]
    assert "broker 3" in item.finding.cause
    assert report.verdict.status == "critical"
    assert not is_hopeless(report)


def test_a_replica_that_is_out_of_sync_itself_can_be_restarted():
    """It is often what mends it."""
    report = judged(cluster_of(partition_row("orders", isr=(1, 2))), Restart(3))

    assert report.findings == ()


def test_a_partition_that_refuses_writes_already_is_no_better_with_one_replica_less():
    report = judged(cluster_of(partition_row("orders", isr=(1,))), Restart(1))

    assert set(found(report)) == {"offline-partition"}
    assert not is_hopeless(report)


def test_one_replica_is_offline_at_every_restart():
    report = judged(cluster_of(partition_row("logs", replicas=(2,)), limit="1"), Restart(2))

    assert set(found(report)) == {"replication-factor-low"}
    assert is_hopeless(report)
    assert "Waiting does not help" in report.verdict.sentence


def test_as_many_needed_as_there_are_refuses_writes_at_every_restart():
    report = judged(cluster_of(partition_row("ledger"), limit="3"), Restart(2))

    assert set(found(report)) == {"min-isr-equals-rf"}
    assert is_hopeless(report)


def test_a_limit_above_the_replication_factor_counts_as_the_factor():
    """Brokers cap min.insync.replicas at the replication factor."""
    row = partition_row("ledger", replicas=(1, 3))
    report = judged(cluster_of(row, limit="3"), Restart(2))

    assert report.findings == ()


def test_a_margin_asks_for_more_than_writes_need():
    rows = (partition_row("orders"),)

    assert judged(cluster_of(*rows), Restart(1)).findings == ()
    report = judged(cluster_of(*rows), Restart(1, margin=1))

    [item] = report.findings
    assert item.finding.impact == "Writes go on, with less in reserve than asked for."


def test_a_rack_goes_as_a_whole():
    table = brokers(1, 2, 3, racks={1: "a", 2: "a", 3: "c"})
    snapshot = cluster_of(partition_row("orders"), sections=[table])

    assert judged(snapshot, Restart(rack="c")).findings == ()
    assert {"min-isr-equals-rf", "quorum-lost"} == set(found(judged(snapshot, Restart(rack="a"))))


def test_the_quorum_needs_its_majority():
    report = judged(cluster_of(partition_row("orders"), sections=[voters(3)]), Restart(2))

    item = found(report)["quorum-lost"]
    assert item.finding.evidence["live_voter_count"] == 1
    assert not is_hopeless(report)


def test_a_silent_voter_costs_the_quorum_nothing_more():
    report = judged(cluster_of(partition_row("orders"), sections=[voters(3)]), Restart(3))

    assert report.findings == ()


def test_offsets_that_nobody_else_holds_name_their_groups():
    row = partition_row("__consumer_offsets", 0, replicas=(1,))
    others = [partition_row("__consumer_offsets", number) for number in (1, 2, 3)]
    names = [{"group": f"g{number}"} for number in range(16)]
    snapshot = cluster_of(row, *others, limit="1", sections=[groups(*names)])

    item = found(judged(snapshot, Restart(1)))["replication-factor-low"]

    assert item.finding.evidence["groups"]
    assert "cannot commit meanwhile" in item.finding.impact


def test_a_move_that_would_stand_still_is_a_warning():
    moving = reassignments({("orders", 0): (3,)})
    snapshot = cluster_of(partition_row("orders", replicas=(1, 2, 4)), sections=[moving])

    report = judged(snapshot, Restart(3))

    assert report.verdict.status == "degraded"
    assert set(found(report)) == {"reassignment-stuck"}
    assert judged(snapshot, Restart(2)).findings == ()


def test_one_broker_at_a_time():
    table = brokers(1, 2, 3, 4, down=(4,))
    rows = partition_row("orders"), partition_row("spare", replicas=(1, 2, 3, 4), isr=(1, 2, 3))
    report = judged(cluster_of(*rows, sections=[table]), Restart(1))

    assert set(found(report)) == {"broker-down"}
    assert judged(cluster_of(*rows, sections=[table]), Restart(4)).findings == ()


@pytest.mark.parametrize("section", [TopicConfigs, Quorum, Reassignments])
def test_what_could_not_be_read_is_never_safe(section):
    missing = {section: Missing("not authorised", "Describe on the cluster")}
    report = judged(cluster_of(partition_row("orders"), absent=missing), Restart(1))

    assert report.verdict.status == "unknown"
    assert report.is_incomplete


def test_the_limit_of_one_topic_that_was_not_read_is_not_safe():
    rows = partition_row("orders"), partition_row("secret", isr=(1,))
    limits = topic_configs(
        {"orders": {"min.insync.replicas": "2"}}, errors={"topic secret": Missing("not authorised")}
    )
    report = judged(cluster_of(*rows, sections=[limits]), Restart(1))

    assert report.verdict.status == "unknown"


def test_a_broker_that_is_not_there_is_a_mistake():
    with pytest.raises(UsageError, match="there is no broker 7; there are 1, 2, 3"):
        judged(cluster_of(partition_row("orders")), Restart(7))
    with pytest.raises(UsageError, match="no broker is in rack z; racks are a, b, c"):
        judged(cluster_of(partition_row("orders")), Restart(rack="z"))


def test_many_partitions_are_one_finding():
    rows = [partition_row("logs", number, replicas=(1,)) for number in range(4)]
    report = judged(cluster_of(*rows, limit="1"), Restart(1))

    [item] = report.findings
    assert item.object_count == 4
    assert is_hopeless(report)
