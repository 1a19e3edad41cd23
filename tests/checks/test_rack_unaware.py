import pytest

from kdiag.finding import partition
from kdiag.sections import Brokers
from kdiag.snapshot import Missing
from tests.tables import brokers, partition_row, partitions

TWO = {1: "a", 2: "b", 3: "b"}
FOUR = {1: "a", 2: "a", 3: "b", 4: "c"}


def test_fires_where_all_replicas_share_one_of_two_racks(judge):
    table = partitions(
        partition_row("orders", 0, replicas=(1, 2)), partition_row("orders", 1, replicas=(2, 3))
    )

    result = judge("rack-unaware", table, brokers(racks=TWO))

    [finding] = result.findings
    assert finding.subject == partition("orders", 1)
    assert finding.severity == "warning"
    assert finding.evidence["rack_count"] == 1
    assert finding.evidence["possible_rack_count"] == 2
    assert finding.evidence["replica_racks"] == ["b", "b"]


def test_fires_where_a_third_rack_is_free(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3)))

    [finding] = judge("rack-unaware", table, brokers(1, 2, 3, 4, racks=FOUR)).findings

    assert finding.evidence["rack_count"] == 2
    assert finding.evidence["possible_rack_count"] == 3


def test_is_silent_where_replicas_span_all_racks(judge):
    """Three replicas on two racks cannot help sharing one."""
    table = partitions(partition_row("orders", replicas=(1, 2, 3)))

    assert judge("rack-unaware", table, brokers(racks=TWO)).status == "ok"


def test_a_single_replica_cannot_be_spread(judge):
    table = partitions(partition_row("orders", replicas=(2,)))

    assert judge("rack-unaware", table, brokers(racks=TWO)).status == "not_applicable"


def test_racks_of_brokers_that_are_not_listed_are_not_guessed(judge):
    table = partitions(partition_row("orders", replicas=(1, 3)))

    result = judge("rack-unaware", table, brokers(down=[3], racks={1: "a", 2: "a"}))

    assert result.status == "unknown"


@pytest.mark.parametrize("racks", [{}, {1: "a", 2: "b"}, {1: "a", 2: "a", 3: "a"}])
def test_does_not_apply_without_racks_on_all_or_with_one_rack(judge, racks):
    table = partitions(partition_row("orders", replicas=(2, 3)))

    assert judge("rack-unaware", table, brokers(racks=racks)).status == "not_applicable"


def test_is_unknown_for_partitions_of_a_broker_that_is_not_listed(judge):
    """Its rack is not known while it is down: neither an alarm nor an all-clear."""
    table = partitions(partition_row("orders", replicas=(2, 3)))

    result = judge("rack-unaware", table, brokers(down=[3], racks=TWO))

    assert result.status == "unknown"
    assert "broker 3" in result.reason


def test_a_fenced_broker_keeps_its_rack(judge):
    table = partitions(partition_row("orders", replicas=(2, 3), isr=(2,)))

    result = judge("rack-unaware", table, brokers(fenced=[3], silent=[3], racks=TWO))

    assert result.status == "problem"


def test_is_unknown_without_the_brokers(judge):
    absent = {Brokers: Missing("timed out")}

    result = judge("rack-unaware", partitions(partition_row("orders")), absent=absent)

    assert result.status == "unknown"
