from kdiag.finding import partition
from kdiag.sections import Brokers, Partitions
from kdiag.snapshot import Missing
from tests.tables import brokers, partition_row, partitions


def test_fires_where_no_replica_leads(judge):
    table = partitions(
        partition_row("orders", isr=(1, 2)),
        partition_row("orders", 1, replicas=(3,), isr=(3,), leader=None),
    )

    result = judge("offline-partition", table, brokers(down=[3]))

    [finding] = result.findings
    assert finding.subject == partition("orders", 1)
    assert finding.severity == "critical"
    assert finding.evidence == {
        "replication_factor": 1,
        "live_replicas": 0,
        "eligible_brokers": [3],
    }
    assert finding.cause == "Every broker that holds a replica of it is down."
    assert finding.covers == {partition("orders", 1)}


def test_is_silent_where_every_partition_has_a_leader(judge):
    table = partitions(partition_row("orders", isr=(1,)))

    assert judge("offline-partition", table, brokers()).status == "ok"


def test_says_which_broker_to_start_before_anyone_loses_records(judge):
    """Brokers 1 and 2 are up but lack records: only broker 3 may lead."""
    table = partitions(partition_row("orders", isr=(3,), leader=None))

    [finding] = judge("offline-partition", table, brokers(down=[3])).findings

    assert "Only broker 3 may lead without losing records" in finding.cause
    assert finding.actions[0].text.startswith("Start broker 3 first")
    assert finding.actions[1].effect == "disruptive"
    assert finding.confidence == "certain"


def test_knows_the_eligible_leader_where_the_isr_is_empty(judge):
    table = partitions(partition_row("orders", isr=(), elr=(3,)))

    [finding] = judge("offline-partition", table, brokers(down=[2, 3])).findings

    assert finding.evidence["eligible_brokers"] == [3]


def test_a_live_in_sync_replica_means_that_the_leader_may_only_be_unknown_to_us(judge):
    """During an election, or where the leader has no address on this listener."""
    table = partitions(partition_row("orders", isr=(1, 2), leader=None))

    [finding] = judge("offline-partition", table, brokers()).findings

    assert finding.confidence == "likely"
    assert "election" in finding.cause


def test_an_offline_log_directory_is_named_as_the_cause(judge):
    row = partition_row("orders", replicas=(2,), isr=(2,), leader=None, offline_replicas=(2,))

    [finding] = judge("offline-partition", partitions(row), brokers()).findings

    assert finding.cause == "The log directory that holds it is offline on broker 2."
    assert finding.confidence == "certain"


def test_fires_without_the_brokers_and_claims_no_cause(judge):
    table = partitions(partition_row("orders", isr=(3,), leader=None))

    [finding] = judge("offline-partition", table, absent={Brokers: Missing("timed out")}).findings

    assert finding.cause == ""


def test_is_unknown_without_the_partitions(judge):
    absent = {Partitions: Missing("not authorised", "Describe on the topics")}

    result = judge("offline-partition", brokers(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on the topics"


def test_does_not_apply_to_a_cluster_without_topics(judge):
    assert judge("offline-partition", Partitions.of(), brokers()).status == "not_applicable"
