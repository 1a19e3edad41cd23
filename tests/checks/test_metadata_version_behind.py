from kdiag.sections import Cluster
from kdiag.snapshot import Missing
from tests.tables import cluster

ID = "metadata-version-behind"
FEATURES = {"metadata.version": (7, 32, 30)}


def test_fires_where_the_upgrade_was_not_finalized(judge):
    [finding] = judge(ID, cluster(metadata_version="4.3-IV0", features=FEATURES)).findings

    assert finding.severity == "info"
    assert finding.evidence == {"metadata_version": "4.3-IV0", "oldest_broker_release": "4.4"}


def test_is_silent_where_both_are_of_one_release(judge):
    """A step within a release is nothing that anybody has to finalize."""
    assert judge(ID, cluster(metadata_version="4.4-IV0", features=FEATURES)).status == "ok"


def test_one_broker_that_is_newer_already_is_no_reason(judge):
    """The release is that of the oldest broker, while an upgrade is under way."""
    now = cluster(version="4.3", metadata_version="4.3-IV0", features=FEATURES)

    assert judge(ID, now).status == "ok"


def test_releases_are_compared_as_numbers(judge):
    later = cluster(version="4.10", metadata_version="4.9-IV0", features=FEATURES)

    assert judge(ID, later).status == "problem"


def test_does_not_apply_with_zookeeper(judge):
    assert judge(ID, cluster("zookeeper", "3.9")).status == "not_applicable"


def test_is_unknown_without_the_cluster(judge):
    assert judge(ID, absent={Cluster: Missing("timed out")}).status == "unknown"
