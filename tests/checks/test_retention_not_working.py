"""Whether retention deletes what it should, from the times of the first records."""

from kdiag.finding import topic
from kdiag.sections import LogTimes
from kdiag.snapshot import Missing
from tests.tables import (
    GIB,
    ago,
    broker_configs,
    cluster,
    kept,
    log_times,
    offsets,
    replicas,
    topic_configs,
)

DAY = 86400
LOG = ("orders", 0)


def scene(age_days, *, ahead_days=None, retained=900, settings=None, end=1000, start=0):
    """One log: how old its first record is, and where its first young one is."""
    row = {
        "topic": "orders",
        "partition": 0,
        "oldest_timestamp": ago(age_days * DAY),
        "retained_offset": retained,
        "max_timestamp": None if ahead_days is None else ago(-ahead_days * DAY),
    }
    return (
        log_times(row),
        topic_configs({"orders": kept(**(settings or {}))}),
        offsets({LOG: end}, start=start),
    )


def test_fires_where_the_oldest_record_is_far_beyond_retention_and_a_segment(judge):
    result = judge("retention-not-working", *scene(30), replicas({(1, *LOG): GIB}))

    [finding] = result.findings
    assert finding.subject == topic("orders")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["oldest_age_seconds"] == 30 * DAY
    assert finding.evidence["size_bytes"] == GIB
    assert "Neither a record of the future nor an open segment" in finding.cause


def test_names_the_record_of_the_future_that_blocks_it(judge):
    [finding] = judge("retention-not-working", *scene(30, ahead_days=400)).findings

    assert finding.confidence == "certain"
    assert "400 d in the future" in finding.symptom
    assert "message.timestamp.after.max.ms" in finding.actions[1].command


def test_older_brokers_have_one_limit_for_both_directions(judge):
    told = [*scene(30, ahead_days=400), cluster("zookeeper", "3.5")]

    [finding] = judge("retention-not-working", *told).findings

    assert "message.timestamp.difference.max.ms=3600000" in finding.actions[1].command
    assert "in the past are refused then, too" in finding.actions[1].text


def test_a_record_of_the_far_future_is_told_before_anything_is_too_old(judge):
    result = judge("retention-not-working", *scene(0.01, ahead_days=400, retained=0))

    assert len(result.findings) == 1


def test_a_record_of_tomorrow_in_a_topic_of_a_week_is_no_fault(judge):
    assert judge("retention-not-working", *scene(3, ahead_days=1)).status == "ok"


def test_a_first_record_of_the_future_has_no_age(judge):
    result = judge("retention-not-working", *scene(-400, ahead_days=400, retained=0))

    assert result.findings[0].evidence["oldest_age_seconds"] is None


def test_names_the_segment_that_is_never_closed(judge):
    settings = {"days": 1, "segment_ms": 365 * DAY * 1000}

    [finding] = judge("retention-not-working", *scene(20, settings=settings)).findings

    assert "closed only after 365 d" in finding.cause
    assert "segment.ms=8640000" in finding.actions[0].command


def test_a_segment_of_a_week_may_keep_records_for_a_week_more(judge):
    """The active segment is not deleted: both times add up with Kafka's own defaults."""
    assert judge("retention-not-working", *scene(13.5)).status == "ok"
    assert judge("retention-not-working", *scene(7.5, settings={"days": 1})).status == "ok"


def test_records_that_were_written_with_an_old_time_are_no_fault(judge):
    """A replay: all are older than the limit, and the broker deletes them at its next look."""
    assert judge("retention-not-working", *scene(400, retained=None)).status == "ok"


def test_a_few_late_records_in_the_first_batch_are_no_fault(judge):
    assert judge("retention-not-working", *scene(400, retained=3)).status == "ok"


def test_brokers_that_look_seldom_are_waited_for(judge):
    settings = {"days": 0.01, "segment_ms": 60_000}
    seldom = broker_configs({1: {"log.retention.check.interval.ms": str(DAY * 1000)}})

    assert judge("retention-not-working", *scene(0.5, settings=settings)).status == "problem"
    assert judge("retention-not-working", *scene(0.5, settings=settings), seldom).status == "ok"


def test_compacted_and_unlimited_topics_are_not_judged(judge):
    for settings in ({"cleanup_policy": "compact,delete"}, {"retention_ms": -1}):
        result = judge("retention-not-working", *scene(400, settings=settings))

        assert not result.findings


def test_does_not_apply_where_no_topic_deletes(judge):
    _, configs, ends = scene(1)

    result = judge("retention-not-working", log_times(), configs, ends)

    assert result.status == "not_applicable"


def test_is_unknown_for_a_tiered_topic(judge):
    remote = Missing("its oldest records are in remote storage, and are not looked at there")
    times, configs, ends = scene(1)
    both = LogTimes(rows=times.rows, read_at=times.read_at, errors={"topic clicks": remote})

    result = judge("retention-not-working", both, configs, ends)

    assert result.status == "unknown"
    assert "remote storage" in result.reason


def test_is_unknown_without_the_times(judge):
    _, configs, ends = scene(1)
    absent = {LogTimes: Missing("not authorised", "Describe on Topic orders")}

    result = judge("retention-not-working", configs, ends, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Topic orders"
