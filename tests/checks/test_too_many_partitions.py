import pytest

from kdiag.finding import CLUSTER, broker
from kdiag.sections import Partitions
from kdiag.snapshot import Missing
from tests.tables import cluster, partition_row, partitions


def spread(number, replicas=(1, 2, 3), topic="events"):
    return partitions(*(partition_row(topic, n, replicas) for n in range(number)))


def test_fires_on_ten_thousand_partitions_on_three_brokers(judge):
    result = judge("too-many-partitions", spread(10_000), cluster())

    assert [finding.subject for finding in result.findings] == [broker(1), broker(2), broker(3)]
    assert {finding.severity for finding in result.findings} == {"warning"}
    first = result.findings[0]
    assert first.evidence["replica_count"] == 10_000
    assert first.evidence["leader_count"] == 10_000
    assert first.evidence["top_topics"] == [{"topic": "events", "replica_count": 30_000}]


@pytest.mark.parametrize("number", [3999, 4000])
def test_is_silent_up_to_the_limit(judge, number):
    assert judge("too-many-partitions", spread(number), cluster()).status == "ok"


def test_many_partitions_on_many_brokers_are_healthy(judge):
    table = partitions(
        *(partition_row("events", n, (n % 9, (n + 1) % 9, (n + 2) % 9)) for n in range(10_000))
    )

    assert judge("too-many-partitions", table, cluster()).status == "ok"


def test_the_limit_can_be_tuned(judge):
    result = judge("too-many-partitions", spread(200), cluster(), per_broker_replicas=100)

    assert len(result.findings) == 3


def test_a_cluster_with_zookeeper_has_a_limit_of_its_own(judge):
    table = spread(500)
    limit = {"zookeeper_partitions": 499}

    with_zookeeper = judge("too-many-partitions", table, cluster("zookeeper", "3.9"), **limit)
    with_kraft = judge("too-many-partitions", table, cluster(), **limit)

    [finding] = with_zookeeper.findings
    assert finding.subject == CLUSTER
    assert finding.evidence["partition_count"] == 500
    assert with_kraft.status == "ok"


def test_is_unknown_without_the_partitions(judge):
    absent = {Partitions: Missing("no broker answered")}

    assert judge("too-many-partitions", cluster(), absent=absent).status == "unknown"
