from kdiag.finding import log_dir
from kdiag.sections import DiskHistory, LogDirs
from kdiag.snapshot import Missing
from tests.tables import GIB, NOW, ago, brokers, log_dirs, replicas


def used(percent, broker=1, **more):
    return {"broker": broker, "usable_bytes": (100 - percent) * GIB} | more


def on_one_host(*ids):
    table = brokers(*ids)
    table.rows["host"] = "localhost"
    return table


def test_warns_above_80_percent_and_names_the_largest_topics(judge):
    sizes = replicas({(1, "orders", 0): 60 * GIB, (1, "clicks", 0): 25 * GIB})

    result = judge("disk-usage-high", log_dirs(used(86)), sizes)

    [finding] = result.findings
    assert finding.subject == log_dir(1, "/data")
    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert finding.evidence["used_bytes"] == 86 * GIB
    assert finding.evidence["kafka_bytes"] == 85 * GIB
    assert finding.evidence["other_bytes"] == GIB
    assert finding.evidence["top_topics"][0] == {"topic": "orders", "bytes": 60 * GIB}


def test_is_critical_above_90_percent(judge):
    result = judge("disk-usage-high", log_dirs(used(91)))

    assert [finding.severity for finding in result.findings] == ["critical"]


def test_is_silent_at_80_percent(judge):
    assert judge("disk-usage-high", log_dirs(used(80))).status == "ok"


def test_is_a_warning_at_90_percent(judge):
    assert judge("disk-usage-high", log_dirs(used(90))).findings[0].severity == "warning"


def test_the_limits_can_be_tuned(judge):
    assert judge("disk-usage-high", log_dirs(used(86)), warning_ratio=0.87).status == "ok"


def test_directories_on_one_volume_count_once(judge):
    dirs = log_dirs(used(85, path="/data/a"), used(85, path="/data/b"))
    sizes = replicas({(1, "orders", 0): 40 * GIB}, path="/data/a")

    result = judge("disk-usage-high", dirs, sizes)

    [finding] = result.findings
    assert finding.subject == log_dir(1, "/data/a")
    assert finding.confidence == "likely"
    assert len(finding.evidence["log_dirs"]) == 2


def test_brokers_of_one_host_that_share_a_volume_count_once(judge):
    dirs = log_dirs(used(85, 1, path="/b1"), used(85, 2, path="/b2"), used(85, 3, path="/b3"))

    result = judge("disk-usage-high", dirs, on_one_host(1, 2, 3))

    [finding] = result.findings
    assert [place["broker"] for place in finding.evidence["log_dirs"]] == [1, 2, 3]


def test_brokers_of_different_hosts_never_share_a_volume(judge):
    result = judge("disk-usage-high", log_dirs(used(85, 1), used(85, 2)), brokers(1, 2))

    assert len(result.findings) == 2


def test_equal_disks_that_hold_more_than_one_volume_could_are_counted_apart(judge):
    dirs = log_dirs(used(85, path="/disk1"), used(85, path="/disk2"))
    sizes = replicas({(1, "orders", 0): 84 * GIB}, path="/disk1")
    sizes.rows.loc[1] = sizes.rows.loc[0]
    sizes.rows.loc[1, ["path", "topic"]] = ["/disk2", "clicks"]

    result = judge("disk-usage-high", dirs, sizes)

    assert [finding.subject["path"] for finding in result.findings] == ["/disk1", "/disk2"]
    assert result.findings[1].evidence["top_topics"] == [{"topic": "clicks", "bytes": 84 * GIB}]


def test_says_where_something_besides_kafka_fills_the_volume(judge):
    sizes = replicas({(1, "orders", 0): 2 * GIB})

    result = judge("disk-usage-high", log_dirs(used(85)), sizes)

    [finding] = result.findings
    assert "something else fills the volume" in finding.cause
    assert finding.evidence["other_bytes"] == 83 * GIB
    assert finding.actions[0].command.startswith("cd /data && du -xh")


def test_works_without_the_sizes_of_replicas(judge):
    [finding] = judge("disk-usage-high", log_dirs(used(85))).findings

    assert finding.evidence["kafka_bytes"] is None


def test_is_unknown_where_brokers_tell_no_sizes(judge):
    untold = {"broker": 1, "total_bytes": None, "usable_bytes": None}

    result = judge("disk-usage-high", log_dirs(untold))

    assert result.status == "unknown"
    assert result.needs == "Kafka 3.3 or newer"


def test_is_unknown_where_one_broker_tells_no_sizes(judge):
    untold = {"broker": 2, "total_bytes": None, "usable_bytes": None}

    result = judge("disk-usage-high", log_dirs(used(50), untold))

    assert result.status == "unknown"
    assert "broker 2" in result.reason


def test_is_unknown_for_a_directory_that_is_offline(judge):
    offline = {"broker": 2, "error": "KAFKA_STORAGE_ERROR", "total_bytes": None}

    result = judge("disk-usage-high", log_dirs(used(50), offline))

    assert result.status == "unknown"
    assert "log dir /data of broker 2" in result.reason


def test_is_unknown_without_the_log_dirs(judge):
    absent = {LogDirs: Missing("not authorised", "Describe on Cluster")}

    assert judge("disk-usage-high", absent=absent).needs == "Describe on Cluster"


def test_is_marked_for_escalation(registry):
    assert registry.get("disk-usage-high").escalate


def disk_history(per_hour_percent, **more):
    rows = [
        {
            "broker": 1,
            "path": "/data",
            "at": ago(60 * minutes),
            "total_bytes": 100 * GIB,
            "usable_bytes": int((15 + per_hour_percent * minutes / 60) * GIB),
        }
        for minutes in range(61)
    ]
    return DiskHistory.from_rows(rows, read_at=NOW, **more)


def test_says_when_the_volume_is_full_where_its_past_is_stored(judge):
    [finding] = judge("disk-usage-high", log_dirs(used(85)), disk_history(5)).findings

    assert finding.impact.startswith("It is full in 3 h at the rate of the last 1 h. When it is")
    assert finding.evidence["full_in_seconds"] == 3 * 3600
    assert finding.evidence["over_seconds"] == 3600
    assert finding.evidence["filled_bytes_per_second"] == round(5 * GIB / 3600)
    assert finding.evidence["rate_from"] == "prometheus"


def test_says_nothing_of_a_rate_where_the_past_shows_none(judge):
    for past in (disk_history(0), DiskHistory.of(read_at=NOW)):
        [finding] = judge("disk-usage-high", log_dirs(used(85)), past).findings

        assert finding.impact.startswith("When it is full")
        assert "full_in_seconds" not in finding.evidence


def test_does_not_need_the_past(judge):
    absent = {DiskHistory: Missing("Prometheus did not answer")}

    assert judge("disk-usage-high", log_dirs(used(50)), absent=absent).status == "ok"
