from datetime import UTC, datetime

from kdiag.finding import topic
from kdiag.sections import LogTimes
from kdiag.snapshot import Missing
from tests.tables import ago, kept, log_times, offsets, topic_configs

LOG = ("meters", 0)
DAY = 86400
OF_1970 = datetime(1970, 1, 21, 10, tzinfo=UTC)


def scene(oldest, *, retained=None, end=1000, start=0, **settings):
    """One log of a topic that keeps a week."""
    row = {"topic": "meters", "partition": 0, "oldest_timestamp": oldest}
    times = log_times({**row, "retained_offset": retained})
    configs = topic_configs({"meters": kept(**settings)})
    return times, configs, offsets({LOG: end}, start=start)


def test_fires_where_all_records_are_of_1970(judge):
    [finding] = judge("expired-on-arrival", *scene(OF_1970, start=400)).findings

    assert finding.subject == topic("meters")
    assert finding.severity == "warning"
    assert "stamped 1970-01-21" in finding.symptom
    assert "retention of 7 d" in finding.symptom
    assert finding.evidence["records"] == 600
    assert "message.timestamp.type=LogAppendTime" in finding.actions[1].command


def test_records_of_now_are_silent(judge):
    assert judge("expired-on-arrival", *scene(ago(3600))).status == "ok"


def test_records_of_last_month_that_are_written_anew_are_silent(judge):
    assert judge("expired-on-arrival", *scene(ago(40 * DAY))).status == "ok"


def test_a_log_that_also_has_young_records_keeps_its_segment(judge):
    """The latest record of a segment counts, so that nothing is deleted before its time."""
    assert judge("expired-on-arrival", *scene(OF_1970, retained=3)).status == "ok"


def test_a_topic_without_a_limit_in_time_keeps_them(judge):
    assert judge("expired-on-arrival", *scene(OF_1970, retention_ms=-1)).status == "ok"


def test_a_compacted_topic_is_silent(judge):
    result = judge("expired-on-arrival", *scene(OF_1970, cleanup_policy="compact"))

    assert result.status == "not_applicable"


def test_is_unknown_without_the_times(judge):
    _, *others = scene(OF_1970)
    absent = {LogTimes: Missing("not authorised", "Describe on the topics")}

    assert judge("expired-on-arrival", *others, absent=absent).status == "unknown"
