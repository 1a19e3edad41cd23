from kdiag.finding import partition, topic
from kdiag.sections import Reassignments
from kdiag.snapshot import Missing
from tests.tables import partition_row, partitions, reassignments

MIXED = partitions(
    partition_row("orders", 0), partition_row("orders", 1, replicas=(1, 2)), partition_row("other")
)
DENIED = {Reassignments: Missing("not authorised", "Describe on the cluster")}


def test_fires_on_a_topic_whose_partitions_differ(judge):
    [finding] = judge("mixed-replication-factor", MIXED, reassignments({})).findings

    assert finding.subject == topic("orders")
    assert finding.severity == "info"
    assert finding.evidence == {
        "fewest_replicas": 2,
        "most_replicas": 3,
        "fewest_partitions": [1],
    }
    assert finding.covers == {partition("orders", 1)}


def test_a_reassignment_under_way_explains_it(judge):
    moving = reassignments({("orders", 0): (3,)})

    assert judge("mixed-replication-factor", MIXED, moving).status == "ok"


def test_topics_of_different_factors_are_no_mixture(judge):
    table = partitions(partition_row("orders"), partition_row("logs", replicas=(1,)))

    assert judge("mixed-replication-factor", table, reassignments({})).status == "ok"


def test_is_unknown_where_a_reassignment_cannot_be_ruled_out(judge):
    result = judge("mixed-replication-factor", MIXED, absent=DENIED)

    assert (result.status, result.needs) == ("unknown", "Describe on the cluster")


def test_is_ok_without_reassignments_where_nothing_is_mixed(judge):
    table = partitions(partition_row("orders"))

    assert judge("mixed-replication-factor", table, absent=DENIED).status == "ok"
