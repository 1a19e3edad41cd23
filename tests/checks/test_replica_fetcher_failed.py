import re
import shlex

import pytest

from kdiag.finding import broker, partition
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import facts, partition_row, partitions, reassignments

STEADY = reassignments({})
HEALTHY = {"replica-failed-partitions": 0.0, "replica-dead-threads": 0.0}
SHORT = partitions(
    partition_row("orders", 0, isr=(1, 2)),
    partition_row("orders", 1, isr=(1, 3)),
    partition_row("orders", 2),
)


def of_broker_3(failed=0, dead=0):
    told = {"replica-failed-partitions": failed, "replica-dead-threads": dead}
    return facts({"broker 1": HEALTHY, "broker 3": told})


def test_fires_for_failed_partitions_and_names_them(judge):
    [finding] = judge("replica-fetcher-failed", of_broker_3(failed=1), SHORT, STEADY).findings

    assert finding.subject == broker(3)
    assert finding.severity == "critical"
    assert finding.evidence["failed_partitions"] == 1
    assert finding.evidence["missing_partitions"] == ["orders-0"]
    assert finding.covers == {partition("orders", 0)}


@pytest.mark.parametrize(
    "line",
    [
        "[2026-11-27 07:20:11,195] WARN [ReplicaFetcher replicaId=3, leaderId=1, fetcherId=0] "
        "Partition orders-0 marked as failed (kafka.server.ReplicaFetcherThread)",
        "[2026-11-27 07:20:11,195] ERROR [ReplicaFetcher replicaId=3, leaderId=1, fetcherId=0] "
        "Unexpected error occurred while processing data (kafka.server.ReplicaFetcherThread)",
    ],
)
def test_the_lines_that_it_tells_to_look_for_are_those_of_kafka(judge, line):
    """Kafka writes the class last: `[%d] %p %m (%c)`."""
    [finding] = judge("replica-fetcher-failed", of_broker_3(failed=1), SHORT, STEADY).findings

    assert re.search(shlex.split(finding.actions[0].command)[2], line)


def test_fires_for_dead_threads_without_the_partitions(judge):
    [finding] = judge("replica-fetcher-failed", of_broker_3(dead=2)).findings

    assert "lost 2 fetcher threads" in finding.symptom
    assert finding.evidence["missing_partitions"] == []


def test_covers_nothing_where_more_partitions_miss_it_than_failed(judge):
    """Which of them failed, and which are only slow, cannot be told."""
    table = partitions(*(partition_row("orders", n, isr=(1, 2)) for n in range(5)))

    [finding] = judge("replica-fetcher-failed", of_broker_3(failed=1), table, STEADY).findings

    assert len(finding.evidence["missing_partitions"]) == 5
    assert finding.covers == frozenset()


def test_a_follower_that_is_only_slow_is_none(judge):
    """It is out of ISRs, and gave nothing up."""
    table = partitions(*(partition_row("orders", n, isr=(1, 2)) for n in range(5)))

    assert judge("replica-fetcher-failed", of_broker_3(), table, STEADY).status == "ok"


@pytest.mark.parametrize("name", ["replica-failed-partitions", "replica-dead-threads"])
def test_is_unknown_where_a_fact_is_missing(judge, name):
    told = facts({"broker 1": {key: value for key, value in HEALTHY.items() if key != name}})

    assert judge("replica-fetcher-failed", told, SHORT, STEADY).status == "unknown"


def test_is_unknown_without_jmx(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge("replica-fetcher-failed", SHORT, STEADY, absent=absent).status == "unknown"
