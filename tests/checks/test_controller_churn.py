from dataclasses import replace

import pytest

from kdiag.finding import CLUSTER
from kdiag.sections import Quorum
from kdiag.snapshot import Missing
from tests.tables import ago, facts, quorum

VOTERS = tuple({"replica_id": id_} for id_ in (1, 2, 3))


def samples(epoch, seconds=5.0, leader_before=2):
    now = replace(quorum(*VOTERS), leader_epoch=epoch)
    before = quorum(*VOTERS, leader=leader_before)
    return now, replace(before, read_at=ago(seconds))


def test_fires_where_elections_follow_each_other(judge):
    now, before = samples(11)

    [finding] = judge("controller-churn", now, earlier=[before]).findings

    assert finding.subject == CLUSTER
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence == {
        "elections_count": 4,
        "window_seconds": 5.0,
        "leader_epoch": 11,
        "leader": 1,
    }
    assert "was 2 and is 1" in finding.symptom


@pytest.mark.parametrize("epoch", [7, 8, 9])
def test_a_restart_of_the_controller_is_no_churn(judge, epoch):
    """It makes one election, with a split vote two."""
    now, before = samples(epoch)

    assert judge("controller-churn", now, earlier=[before]).status == "ok"


def test_controllers_that_restart_one_after_the_other_between_far_samples_are_none(judge):
    now, before = samples(11, seconds=900)

    assert judge("controller-churn", now, earlier=[before]).status == "ok"


@pytest.mark.parametrize(("up", "status"), [(60.0, "ok"), (9000.0, "problem")])
def test_the_uptime_of_controllers_tells_restarts(judge, up, status):
    now, before = samples(11)
    told = facts({"controller 1": {"uptime": up}})

    result = judge("controller-churn", now, told, earlier=[before])

    assert result.status == status
    assert all(finding.confidence == "certain" for finding in result.findings)


def test_one_sample_is_unknown(judge):
    result = judge("controller-churn", quorum(*VOTERS))

    assert (result.status, result.needs) == ("unknown", "--sample-seconds")


def test_a_quorum_that_was_read_once_only_is_unknown(judge):
    now, _ = samples(11)

    assert judge("controller-churn", now, earlier=[now]).status == "unknown"


def test_is_unknown_without_the_quorum(judge):
    absent = {Quorum: Missing("not authorised", "Describe on Cluster")}

    assert judge("controller-churn", absent=absent).status == "unknown"
