from dataclasses import replace

from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene
from tests.tables import ago

FROZEN = Part(lag=9_000, stands=900)
FINE = Part(lag=20)
STUCK = Scene([FROZEN, FROZEN, replace(FINE, owner="b")])


def test_fires_for_a_live_member_whose_offsets_stand(judge):
    [finding] = judge("stuck-consumer", *STUCK.now(), earlier=STUCK.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("critical", "certain")
    assert finding.evidence["stuck_partitions"] == [0, 1]
    assert finding.evidence["stuck_members"] == ["a"]
    assert finding.since == ago(900)
    assert "client-a on 10.1.0.1" in finding.symptom


def test_tells_a_paused_consumer_from_a_blocked_one(judge):
    paused = Scene([replace(FROZEN, repeats=True)] * 3)

    [blocked] = judge("stuck-consumer", *STUCK.now(), earlier=STUCK.then()).findings
    [repeating] = judge("stuck-consumer", *paused.now(), earlier=paused.then()).findings

    assert "commits nothing" in blocked.cause
    assert "180 more times" in repeating.cause


def test_is_only_possible_without_history_and_young(judge):
    scene = Scene([Part(lag=2_000, stands=200)] * 3, reach=0)

    [finding] = judge("stuck-consumer", *scene.now(), earlier=scene.then()).findings

    assert (finding.severity, finding.confidence) == ("warning", "possible")


def test_is_likely_without_history_where_the_backlog_is_older_than_any_rhythm(judge):
    scene = replace(STUCK, reach=0)

    [finding] = judge("stuck-consumer", *scene.now(), earlier=scene.then()).findings

    assert (finding.severity, finding.confidence) == ("critical", "likely")


def test_is_silent_for_a_consumer_that_commits_every_ten_minutes(judge):
    scene = Scene([Part(lag=5_000, stands=500)] * 3, gap=600, reach=7200)

    assert judge("stuck-consumer", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_member_that_takes_its_partitions_in_turn(judge):
    scene = Scene([Part(lag=50_000, reads=500), Part(lag=50_000, reads=500, stands=100)])

    assert judge("stuck-consumer", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_an_idle_group_without_lag(judge):
    scene = Scene([Part(writes=0, reads=0, stands=3000)] * 3)

    assert judge("stuck-consumer", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_without_members(judge):
    now = [section for section in STUCK.now() if not isinstance(section, Members)]
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    result = judge("stuck-consumer", *now, earlier=STUCK.then(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Group app"
