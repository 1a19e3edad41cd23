from dataclasses import replace

from kdiag.finding import group
from kdiag.sections import CommitHistory, Members
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene

SLOW = Scene([Part(lag=6_000, reads=5)] * 3)


def test_fires_where_all_partitions_fall_behind(judge):
    [finding] = judge("slow-consumer", *SLOW.now(), earlier=SLOW.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence["produced_records_per_second"] == 30.0
    assert finding.evidence["consumed_records_per_second"] == 15.0
    assert finding.evidence["rates_from"] == "history"


def test_says_how_many_members_the_input_needs(judge):
    [finding] = judge("slow-consumer", *SLOW.now(), earlier=SLOW.then()).findings

    assert "run 2 members" in finding.actions[0].text


def test_is_less_certain_without_history(judge):
    scene = replace(SLOW, reach=0)
    absent = {CommitHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    [finding] = judge("slow-consumer", *scene.now(), earlier=scene.then(), absent=absent).findings

    assert finding.confidence == "likely"
    assert "Not certain" in finding.cause


def test_is_silent_for_a_backlog_of_steady_size_whatever_the_moment_between_two_commits(judge):
    for stands in (0, 2, 4):
        scene = Scene([Part(lag=6_000 + 10 * stands, stands=stands)] * 3)

        assert judge("slow-consumer", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_new_group_that_drains(judge):
    scene = Scene([Part(lag=500_000, reads=500)] * 3)

    assert judge("slow-consumer", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_below_the_floor(judge):
    result = judge("slow-consumer", *SLOW.now(), earlier=SLOW.then(), min_lag_records=100_000)

    assert result.status == "ok"


def test_is_unknown_without_members(judge):
    now = [section for section in SLOW.now() if not isinstance(section, Members)]
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    assert judge("slow-consumer", *now, earlier=SLOW.then(), absent=absent).status == "unknown"
