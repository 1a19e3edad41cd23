import pandas

from kdiag.finding import topic
from kdiag.sections import PastEnds
from kdiag.snapshot import Missing
from tests.tables import NOW, ago, offsets, past_ends

ID = "mirror-stalled"
BEATS, ORDERS = ("A.heartbeats", 0), ("A.orders", 0)
HOUR, DAY, WEEK = 3600, 86_400, 604_800


def past(*ages):
    """Return what was at each age: (seconds, {partition: end offset, or None})."""
    parts = [past_ends(ends, seconds) for seconds, ends in ages]
    return PastEnds(rows=pandas.concat([one.rows for one in parts], ignore_index=True), read_at=NOW)


def test_fires_where_heartbeats_stand_for_an_hour(judge):
    told = past((HOUR, {BEATS: None, ORDERS: None}), (DAY, {BEATS: 100, ORDERS: 5}))

    [finding] = judge(ID, told, offsets({BEATS: 5_000, ORDERS: 9})).findings

    assert finding.subject == topic("A.heartbeats")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert "got no heartbeat for over 1 h" in finding.symptom
    assert finding.evidence["source_cluster"] == "A"


def test_fires_between_two_samples_where_several_should_have_come(judge):
    told = past((HOUR, {BEATS: 1_000, ORDERS: 9}))
    ends = {BEATS: 4_600, ORDERS: 9}

    [finding] = judge(ID, told, offsets(ends), earlier=[offsets(ends, at=ago(5))]).findings

    assert (finding.severity, finding.confidence) == ("warning", "possible")
    assert "for 5 s" in finding.symptom


def test_one_that_is_quiet_for_a_week_may_be_given_up(judge):
    told = past(*((age, {BEATS: None, ORDERS: None}) for age in (HOUR, DAY, WEEK)))

    [finding] = judge(ID, told, offsets({BEATS: 5_000, ORDERS: 9})).findings

    assert finding.severity == "info"
    assert "given up" in finding.cause


def test_is_silent_while_heartbeats_come(judge):
    told = past((HOUR, {BEATS: 1_000}))
    now, then = offsets({BEATS: 4_605}), offsets({BEATS: 4_600}, at=ago(5))

    assert judge(ID, told, now, earlier=[then]).status == "ok"


def test_rare_heartbeats_that_miss_a_sample_are_no_finding(judge):
    """Once a minute: none within five seconds says nothing."""
    told = past((HOUR, {BEATS: 100}))
    ends = {BEATS: 160}

    assert judge(ID, told, offsets(ends), earlier=[offsets(ends, at=ago(5))]).status == "ok"


def test_where_only_heartbeats_are_off_the_mirror_works(judge):
    told = past((HOUR, {BEATS: None, ORDERS: 2}))

    assert judge(ID, told, offsets({BEATS: 5_000, ORDERS: 9})).status == "ok"


def test_checkpoints_that_go_on_do_not_hide_it(judge):
    checkpoints = ("A.checkpoints.internal", 0)
    told = past((HOUR, {BEATS: 1_000, ORDERS: 9, checkpoints: 5}))
    now = offsets({BEATS: 4_600, ORDERS: 9, checkpoints: 8})
    then = offsets({BEATS: 4_600, ORDERS: 9, checkpoints: 7}, at=ago(5))

    [finding] = judge(ID, told, now, earlier=[then]).findings

    assert finding.evidence["mirrored_topics"] == ["A.heartbeats", "A.orders"]


def test_a_mirror_that_catches_up_on_old_records_works(judge):
    """They keep their timestamps, so by time nothing was written lately; but the end moves."""
    told = past((HOUR, {BEATS: None, ORDERS: None}))
    now, then = offsets({BEATS: 50, ORDERS: 90}), offsets({BEATS: 50, ORDERS: 9}, at=ago(5))

    assert judge(ID, told, now, earlier=[then]).status == "ok"


def test_of_a_chain_the_first_link_is_named(judge):
    far = ("A.B.heartbeats", 0)
    told = past((HOUR, {BEATS: None, far: None}))

    [finding] = judge(ID, told, offsets({BEATS: 50, far: 50})).findings

    assert finding.subject == topic("A.heartbeats")


def test_is_unknown_where_the_past_was_not_asked(judge):
    result = judge(ID, offsets({BEATS: 50}), absent={PastEnds: Missing("not read", "Describe")})

    assert (result.status, result.needs) == ("unknown", "Describe")


def test_does_not_apply_without_a_mirror(judge):
    own = ("heartbeats", 0)

    result = judge(ID, past((HOUR, {own: None})), offsets({own: 10}))

    assert result.status == "not_applicable"
