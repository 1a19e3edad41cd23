from kdiag.finding import topic
from kdiag.sections import Replicas
from kdiag.snapshot import Missing
from tests.tables import GIB, ago, kept, log_times, offsets, replicas, topic_configs

LOG = ("orders", 0)
HOUR = 3600


def scene(age_hours, held=GIB, *, start=500, source="topic", **settings):
    """One log of a topic with both limits: a week, and 1 GiB."""
    row = {"topic": "orders", "partition": 0, "oldest_timestamp": ago(age_hours * HOUR)}
    configs = topic_configs({"orders": kept(**{"retention_bytes": GIB, **settings})})
    configs.rows.loc[configs.rows["key"] == "retention.ms", "source"] = source
    return log_times(row), configs, offsets({LOG: 1000}, start=start), replicas({(1, *LOG): held})


def test_fires_where_the_limit_of_size_leaves_hours_of_a_week(judge):
    [finding] = judge("retention-cut-by-size", *scene(5)).findings

    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert "keep records for 7 d, and 1 partition of it keeps 5 h" in finding.symptom
    assert "Less than a tenth" in finding.impact
    assert finding.evidence["kept_ratio"] == 0.03


def test_the_time_of_the_brokers_default_is_only_a_note(judge):
    """Who sets a limit of size on a topic, and no time, may mean just that."""
    [finding] = judge("retention-cut-by-size", *scene(5, source="default")).findings

    assert (finding.severity, finding.confidence) == ("info", "likely")


def test_says_what_would_be_enough(judge):
    [finding] = judge("retention-cut-by-size", *scene(84)).findings

    assert finding.evidence["kept_ratio"] == 0.5
    assert f"retention.bytes={int(GIB * 2 * 1.2)}" in finding.actions[1].command


def test_a_young_log_of_which_nothing_was_deleted_is_silent(judge):
    assert judge("retention-cut-by-size", *scene(5, start=0)).status == "ok"


def test_records_that_somebody_else_deleted_are_no_cut(judge):
    """Kafka Streams deletes what it has read: the log is short, and far from its limit."""
    assert judge("retention-cut-by-size", *scene(5, held=GIB // 10)).status == "ok"


def test_a_topic_with_a_limit_of_size_alone_is_silent(judge):
    assert judge("retention-cut-by-size", *scene(5, retention_ms=-1)).status == "ok"


def test_most_of_the_time_is_enough(judge):
    assert judge("retention-cut-by-size", *scene(140)).status == "ok"
    assert judge("retention-cut-by-size", *scene(140), kept_ratio=0.9).status == "problem"


def test_is_unknown_without_the_sizes(judge):
    times, configs, ends, _ = scene(5)
    absent = {Replicas: Missing("not authorised", "Describe on Cluster")}

    result = judge("retention-cut-by-size", times, configs, ends, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
