from kdiag.finding import log_dir
from kdiag.sections import Replicas
from kdiag.snapshot import Missing
from tests.tables import GIB, cluster, partition_row, partitions, reassignments, replicas

ALL = ("Alter", "AlterConfigs", "ClusterAction", "Create", "Describe", "DescribeConfigs")
ASSIGNED = partitions(partition_row("orders", 0, (1, 2)))


def held(*ids, topic="orders", partition=0):
    return replicas({(id_, topic, partition): GIB for id_ in ids})


def test_fires_where_a_replica_is_on_a_broker_that_it_is_not_assigned_to(judge):
    [finding] = judge("stray-replicas", held(1, 2, 3), ASSIGNED).findings

    assert finding.subject == log_dir(3, "/data")
    assert (finding.severity, finding.confidence) == ("info", "likely")
    assert finding.evidence["replicas"] == ["orders-0"]
    assert finding.evidence["size_bytes"] == GIB


def test_a_copy_on_its_way_to_nowhere_is_a_stray_too(judge):
    future = held(3)
    future.rows["is_future"] = True

    assert len(judge("stray-replicas", future, ASSIGNED).findings) == 1


def test_a_move_between_two_disks_of_a_broker_is_none(judge):
    both = held(1, 2)
    both.rows.loc[2] = both.rows.loc[0]
    both.rows.loc[2, ["path", "is_future"]] = ["/disk2", True]

    assert judge("stray-replicas", both, ASSIGNED).status == "ok"


def test_a_reassignment_in_progress_is_none(judge):
    moving = reassignments({("orders", 0): [3]})

    assert judge("stray-replicas", held(1, 2, 3), ASSIGNED, moving).status == "ok"


def test_a_topic_that_was_deleted_a_moment_ago_is_none(judge):
    """Log directories are read between the two samples."""
    others = partitions(partition_row("clicks", 0, (1, 2)))

    result = judge(
        "stray-replicas",
        held(1, 2),
        others,
        cluster(authorized_operations=ALL),
        earlier=[ASSIGNED],
    )

    assert result.status == "ok"


def test_a_topic_that_nobody_knows_is_told_with_doubt(judge):
    [finding] = judge(
        "stray-replicas",
        held(1, topic="gone"),
        ASSIGNED,
        cluster(authorized_operations=ALL),
    ).findings

    assert finding.confidence == "possible"
    assert finding.evidence["missing_topics"] == ["gone"]


def test_a_topic_that_we_may_not_see_is_none(judge):
    """Brokers leave out, without a word, topics that the principal may not describe."""
    few = cluster(authorized_operations=("Describe",))

    assert judge("stray-replicas", held(1, topic="secret"), ASSIGNED, few).status == "ok"


def test_is_unknown_where_a_broker_did_not_answer(judge):
    part = held(1, 2)
    seen = Replicas(rows=part.rows, errors={"broker 3": Missing("timed out after 5 s")})

    assert judge("stray-replicas", seen, ASSIGNED).status == "unknown"
