from dataclasses import replace
from datetime import UTC, datetime

from kdiag.finding import CLUSTER
from kdiag.sections import Cluster
from kdiag.snapshot import Missing
from tests.tables import brokers, cluster

ID = "eol-version"
KRAFT = {"metadata.version": (1, 20, 20)}
AFTER = datetime(2026, 11, 26, tzinfo=UTC)


def of(version, mode="kraft", at=AFTER, **fields):
    return replace(cluster(mode, version, features=KRAFT, **fields), read_at=at)


def test_names_the_end_of_support_and_the_day_of_the_table(judge):
    [finding] = judge(ID, of("3.7"), brokers(1, 2, 3)).findings

    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.evidence["support_ended_on"] == "2024-07-26"
    assert f"(table of {finding.evidence['table_as_of']})" in finding.symptom
    assert "year old" not in finding.symptom


def test_is_silent_on_a_release_that_has_support(judge):
    assert judge(ID, of("4.3"), brokers(1, 2, 3)).status == "ok"


def test_a_release_with_zookeeper_is_told_as_exactly(judge):
    [finding] = judge(ID, of("3.5", "zookeeper"), brokers(1, 2, 3)).findings

    assert finding.evidence["kafka_release"] == "3.5"
    assert finding.evidence["support_ended_on"] == "2023-10-03"


def test_the_last_release_with_zookeeper_has_support(judge):
    assert judge(ID, of("3.9", "zookeeper"), brokers(1, 2, 3)).status == "ok"


def test_what_is_older_than_the_protocol_tells_apart_has_none(judge):
    [finding] = judge(ID, of("2.3 or older", "zookeeper"), brokers(1, 2, 3)).findings

    assert finding.evidence["kafka_release"] == "2.3 or older"
    assert finding.evidence["support_ended_on"] == "2019-12-16"


def test_a_snapshot_from_before_the_end_is_judged_as_of_then(judge):
    then = datetime(2024, 6, 1, tzinfo=UTC)

    assert judge(ID, of("3.7", at=then), brokers(1, 2, 3)).status == "ok"


def test_a_table_that_is_too_old_calls_no_release_supported(judge):
    later = datetime(2028, 1, 1, tzinfo=UTC)

    result = judge(ID, of("4.3", at=later), brokers(1, 2, 3))

    assert result.status == "unknown"
    assert "more than a year old" in result.reason
    assert result.needs == "a newer kdiag"


def test_a_table_that_is_too_old_still_knows_what_had_ended(judge):
    later = datetime(2028, 1, 1, tzinfo=UTC)

    [finding] = judge(ID, of("3.7", at=later), brokers(1, 2, 3)).findings

    assert finding.symptom.endswith("The table is more than a year old.")


def test_one_broker_is_only_worth_a_note(judge):
    [finding] = judge(ID, of("3.7"), brokers(1)).findings

    assert finding.severity == "info"


def test_a_release_that_is_newer_than_the_table_is_not_judged(judge):
    assert judge(ID, of("9.9"), brokers(1, 2, 3)).status == "not_applicable"


def test_is_unknown_where_nobody_tells_the_release(judge):
    assert judge(ID, of(None), brokers(1, 2, 3)).status == "unknown"
    absent = {Cluster: Missing("timed out")}
    assert judge(ID, brokers(1, 2, 3), absent=absent).status == "unknown"
