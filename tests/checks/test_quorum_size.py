import pytest

from kdiag.finding import CLUSTER, NotApplicable
from kdiag.sections import Quorum
from kdiag.snapshot import Missing
from tests.tables import brokers, quorum


def voters(number):
    return quorum(*({"replica_id": id_} for id_ in range(1, number + 1)))


@pytest.mark.parametrize(("number", "tolerated"), [(1, 0), (2, 0), (4, 1), (6, 2)])
def test_fires_where_a_voter_is_missing_or_idle(judge, number, tolerated):
    result = judge("quorum-size", voters(number), brokers())

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.evidence["voter_count"] == number
    assert finding.evidence["tolerated_losses_count"] == tolerated


@pytest.mark.parametrize("number", [3, 5])
def test_is_silent_on_an_odd_number_from_three_on(judge, number):
    assert judge("quorum-size", voters(number), brokers()).status == "ok"


def test_a_single_node_is_only_worth_a_note(judge):
    result = judge("quorum-size", voters(1), brokers(1))

    assert [finding.severity for finding in result.findings] == ["info"]


def test_observers_are_no_voters(judge):
    observers = ({"replica_id": id_, "is_voter": False} for id_ in (11, 12))
    replicas = [*({"replica_id": id_} for id_ in (1, 2, 3)), *observers]

    assert judge("quorum-size", quorum(*replicas), brokers()).status == "ok"


def test_does_not_apply_with_zookeeper(judge):
    absent = {Quorum: NotApplicable("the cluster runs on ZooKeeper")}

    assert judge("quorum-size", brokers(), absent=absent).status == "not_applicable"


def test_is_unknown_without_the_quorum(judge):
    absent = {Quorum: Missing("not authorised", "Describe on Cluster")}

    result = judge("quorum-size", brokers(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
