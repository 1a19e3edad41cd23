import pytest

from kdiag.finding import topic
from kdiag.sections import TopicConfigs, Topics
from kdiag.snapshot import Missing
from tests.tables import cluster, topic_configs, topics


def limits(number, name="orders", source="topic"):
    return topic_configs({name: {"min.insync.replicas": str(number)}}, source=source)


def rows(factor):
    return topics(
        {"topic": "orders", "replication_factor_min": factor, "replication_factor_max": factor}
    )


@pytest.mark.parametrize("factor", [2, 3])
def test_fires_where_every_replica_must_be_in_sync(judge, factor):
    result = judge("min-isr-equals-rf", rows(factor), limits(factor), cluster())

    [finding] = result.findings
    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.evidence["replication_factor"] == factor
    assert finding.evidence["target_min_insync_replicas"] == factor - 1
    assert finding.actions[0].command.endswith(f"min.insync.replicas={factor - 1}")


def test_is_silent_with_a_replica_to_spare(judge):
    assert judge("min-isr-equals-rf", rows(3), limits(2), cluster()).status == "ok"


def test_one_replica_with_a_limit_of_one_is_another_matter(judge):
    assert judge("min-isr-equals-rf", rows(1), limits(1), cluster()).status == "ok"


def test_one_replica_with_a_higher_limit_is_writable_and_another_matter(judge):
    """Seen on 4.4 brokers: RF 1 with min.insync.replicas 3 takes acks=all writes."""
    assert judge("min-isr-equals-rf", rows(1), limits(3), cluster()).status == "ok"


def test_above_the_factor_current_brokers_cap_the_limit(judge):
    [finding] = judge("min-isr-equals-rf", rows(2), limits(3), cluster(version="4.4")).findings

    assert finding.severity == "warning"
    assert finding.confidence == "certain"


@pytest.mark.parametrize("version", ["3.6", "3.6 or older", "2.8"])
def test_above_the_factor_older_brokers_refuse_every_write(judge, version):
    [finding] = judge("min-isr-equals-rf", rows(2), limits(3), cluster(version=version)).findings

    assert finding.severity == "critical"
    assert finding.confidence == "certain"


@pytest.mark.parametrize("version", [None, "3.9 or older"])
def test_above_the_factor_on_an_unknown_release_is_possible(judge, version):
    [finding] = judge("min-isr-equals-rf", rows(2), limits(3), cluster(version=version)).findings

    assert finding.severity == "critical"
    assert finding.confidence == "possible"


def test_the_metadata_version_tells_the_release_where_the_range_does_not(judge):
    told = cluster(version="3.9 or older", metadata_version="3.8-IV0")

    [finding] = judge("min-isr-equals-rf", rows(2), limits(3), told).findings

    assert finding.severity == "warning"


def test_runs_without_the_release(judge):
    [finding] = judge("min-isr-equals-rf", rows(2), limits(2)).findings

    assert finding.severity == "warning"
    assert finding.confidence == "certain"


def test_a_limit_from_the_cluster_default_is_no_drift_but_counts(judge):
    """With eligible leader replicas the static limit appears as a cluster default."""
    result = judge("min-isr-equals-rf", rows(2), limits(2, source="cluster-default"), cluster())

    assert "cluster-wide dynamic default" in result.findings[0].cause


def test_is_unknown_without_the_limit(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics")}

    result = judge("min-isr-equals-rf", rows(2), cluster(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the topics"


def test_is_unknown_without_the_topics(judge):
    absent = {Topics: Missing("timed out")}

    assert judge("min-isr-equals-rf", limits(2), absent=absent).status == "unknown"
