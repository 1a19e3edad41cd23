import pytest

from kdiag.finding import topic
from kdiag.sections import Brokers
from kdiag.snapshot import Missing
from tests.tables import brokers, partition_row, partitions, topics

SPREAD = partitions(partition_row("other"))


def row(name, factor, **more):
    return {
        "topic": name,
        "replication_factor_min": factor,
        "replication_factor_max": factor,
        **more,
    }


@pytest.mark.parametrize("factor", [1, 2])
def test_fires_below_three_copies_on_three_brokers(judge, factor):
    result = judge("replication-factor-low", topics(row("orders", factor)), brokers(), SPREAD)

    [finding] = result.findings
    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.evidence["replication_factor"] == factor
    assert finding.evidence["target_replication_factor"] == 3


def test_is_silent_with_three_copies(judge):
    table = topics(row("orders", 3))

    assert judge("replication-factor-low", table, brokers(1, 2, 3, 4), SPREAD).status == "ok"


def test_two_brokers_have_room_for_two_copies(judge):
    table = partitions(partition_row("orders", replicas=(1, 2)))
    rows = topics(row("orders", 2), row("logs", 1))

    [finding] = judge("replication-factor-low", rows, brokers(1, 2), table).findings

    assert finding.subject == topic("logs")
    assert finding.evidence["target_replication_factor"] == 2


def test_a_single_broker_has_nothing_to_gain(judge):
    table = partitions(partition_row("orders", replicas=(1,)))

    result = judge("replication-factor-low", topics(row("orders", 1)), brokers(1), table)

    assert result.status == "not_applicable"
    assert not result.findings


def test_a_broker_that_is_down_still_counts_as_a_home(judge):
    rows = topics(row("orders", 3), row("logs", 2))

    [finding] = judge("replication-factor-low", rows, brokers(down=[3]), SPREAD).findings

    assert finding.subject == topic("logs")


def test_a_decommissioned_broker_that_is_still_registered_is_no_home(judge):
    table = partitions(partition_row("orders", replicas=(1, 2)))
    left = brokers(1, 2, 3, fenced=[3], silent=[3])

    assert judge("replication-factor-low", topics(row("orders", 2)), left, table).status == "ok"


@pytest.mark.parametrize("name", ["_schemas", "connect-offsets", "connect-cluster-status"])
def test_topics_of_the_plumbing_are_left_to_their_own_check(judge, name):
    assert judge("replication-factor-low", topics(row(name, 1)), brokers(), SPREAD).status == "ok"


def test_internal_topics_are_left_to_their_own_check(judge):
    table = topics(row("__consumer_offsets", 1, is_internal=True))

    assert judge("replication-factor-low", table, brokers(), SPREAD).status == "ok"


def test_is_unknown_without_the_brokers(judge):
    absent = {Brokers: Missing("timed out", "Describe on the cluster")}

    result = judge("replication-factor-low", topics(row("orders", 1)), SPREAD, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on the cluster"
