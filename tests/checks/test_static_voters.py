import pytest

from kdiag.sections import Cluster
from kdiag.snapshot import Missing
from tests.tables import cluster

ID = "static-voters"


def of(*levels):
    return cluster(features={"metadata.version": (7, 32, 32), "kraft.version": levels})


@pytest.mark.parametrize("finalized", [0, None])
def test_fires_on_a_quorum_that_cannot_change(judge, finalized):
    [finding] = judge(ID, of(0, 1, finalized)).findings

    assert finding.severity == "info"
    assert finding.evidence == {"kraft_version": 0, "highest_kraft_version": 1}


def test_is_silent_on_a_dynamic_quorum(judge):
    assert judge(ID, of(0, 1, 1)).status == "ok"


def test_does_not_apply_to_releases_that_know_no_other(judge):
    old = cluster(version="3.7", features={"metadata.version": (1, 19, 19)})

    assert judge(ID, old).status == "not_applicable"


def test_does_not_apply_with_zookeeper(judge):
    assert judge(ID, cluster("zookeeper", "3.9")).status == "not_applicable"


def test_is_unknown_without_the_cluster(judge):
    assert judge(ID, absent={Cluster: Missing("timed out")}).status == "unknown"
