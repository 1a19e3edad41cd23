from kdiag.finding import log_dir, partition
from kdiag.sections import LogDirs
from kdiag.snapshot import Missing
from tests.tables import log_dirs, partition_row, partitions

OFFLINE = {
    "broker": 2,
    "path": "/disk2",
    "error": "KAFKA_STORAGE_ERROR",
    "total_bytes": None,
    "usable_bytes": None,
}


def test_fires_and_explains_the_partitions_that_only_miss_these_replicas(judge):
    table = partitions(
        partition_row("orders", 0, isr=(1, 3), offline_replicas=(2,)),
        partition_row("orders", 1),
        partition_row("orders", 2, isr=(1,), offline_replicas=(2,)),
    )

    result = judge("log-dir-offline", log_dirs({"broker": 1}, OFFLINE), table)

    [finding] = result.findings
    assert finding.subject == log_dir(2, "/disk2")
    assert finding.severity == "critical"
    assert finding.evidence["error"] == "KAFKA_STORAGE_ERROR"
    assert finding.evidence["offline_replica_count"] == 2
    assert finding.covers == {partition("orders", 0)}


def test_fires_without_the_partitions(judge):
    [finding] = judge("log-dir-offline", log_dirs(OFFLINE)).findings

    assert finding.evidence["offline_replica_count"] is None
    assert finding.covers == frozenset()


def test_is_silent_where_all_directories_work(judge):
    assert judge("log-dir-offline", log_dirs({"broker": 1}, {"broker": 2})).status == "ok"


def test_offline_replicas_of_a_broker_that_is_down_are_no_failed_directory(judge):
    table = partitions(partition_row("orders", 0, isr=(1, 3), offline_replicas=(2,)))

    assert judge("log-dir-offline", log_dirs({"broker": 1}), table).status == "ok"


def test_a_broker_that_tells_no_sizes_has_no_failed_directory(judge):
    untold = {"broker": 1, "total_bytes": None, "usable_bytes": None}

    assert judge("log-dir-offline", log_dirs(untold)).status == "ok"


def test_is_unknown_where_a_broker_did_not_answer(judge):
    table = log_dirs({"broker": 1}, errors={"broker 2": Missing("timed out after 5 s")})

    result = judge("log-dir-offline", table)

    assert result.status == "unknown"
    assert "broker 2" in result.reason


def test_is_unknown_without_the_log_dirs(judge):
    absent = {LogDirs: Missing("not authorised", "Describe on Cluster")}

    assert judge("log-dir-offline", absent=absent).needs == "Describe on Cluster"
