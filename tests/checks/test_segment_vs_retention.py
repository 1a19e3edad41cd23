from kdiag.finding import topic
from kdiag.sections import Replicas
from kdiag.snapshot import Missing
from tests.tables import GIB, ago, kept, log_times, offsets, replicas, topic_configs

LOG = ("orders", 0)
DAY = 86400


def scene(age_days, *, held=GIB // 100, records=1000, **settings):
    row = {"topic": "orders", "partition": 0, "oldest_timestamp": ago(age_days * DAY)}
    return (
        log_times(row),
        topic_configs({"orders": kept(**settings)}),
        offsets({LOG: records}),
        replicas({(1, *LOG): held}),
    )


def test_fires_where_a_segment_closes_later_than_retention(judge):
    [finding] = judge("segment-vs-retention", *scene(3, days=1)).findings

    assert finding.subject == topic("orders")
    assert finding.severity == "info"
    assert "up to 8 d" in finding.impact
    assert "segment.ms=8640000" in finding.actions[0].command


def test_is_silent_with_kafkas_defaults(judge):
    """A week for both."""
    assert judge("segment-vs-retention", *scene(6)).status == "ok"


def test_a_busy_topic_closes_its_segments_by_size(judge):
    assert judge("segment-vs-retention", *scene(0.9, days=1, held=20 * GIB)).status == "ok"


def test_a_topic_that_is_young_tells_nothing_yet(judge):
    assert judge("segment-vs-retention", *scene(0.1, days=1)).status == "ok"


def test_fires_where_segments_are_tiny(judge):
    tiny = scene(6, held=GIB // 10, records=10**6, segment_ms=60_000)

    [finding] = judge("segment-vs-retention", *tiny).findings

    assert finding.evidence["segments_count"] == 8641
    assert "files" in finding.impact
    assert finding.confidence == "likely"
    assert "--add-config segment.ms=60480000,segment.bytes=1073741824" in finding.actions[0].command


def test_segments_of_a_topic_without_a_limit_in_time_close_after_a_week(judge):
    tiny = scene(6, held=GIB // 10, records=10**6, segment_ms=60_000, retention_ms=-1)

    [finding] = judge("segment-vs-retention", *tiny).findings

    assert "--add-config segment.ms=604800000," in finding.actions[0].command


def test_a_stamp_of_1970_tells_nothing_of_segments(judge):
    """Seconds in place of milliseconds: 56 years by the stamp, written within a minute."""
    days = 56 * 365
    assert judge("segment-vs-retention", *scene(days, held=10**6, records=10**6)).status == "ok"


def test_a_replay_of_old_records_spans_less_time_than_their_age(judge):
    """None is younger than retention: 707 days old, of which at most 700 are spanned."""
    old = scene(707, held=10**6, records=10**6, segment_ms=int(1.42 * DAY * 1000))

    assert judge("segment-vs-retention", *old).status == "ok"


def test_there_are_no_more_segments_than_records(judge):
    few = scene(6, held=GIB // 10, records=100, segment_ms=60_000)

    assert judge("segment-vs-retention", *few).status == "ok"


def test_many_large_segments_are_no_tiny_ones(judge):
    large = scene(6, held=6000 * GIB, records=10**9, segment_bytes=GIB)

    assert judge("segment-vs-retention", *large).status == "ok"


def test_is_unknown_without_the_sizes(judge):
    times, configs, ends, _ = scene(3, days=1)
    absent = {Replicas: Missing("not authorised", "Describe on Cluster")}

    result = judge("segment-vs-retention", times, configs, ends, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
