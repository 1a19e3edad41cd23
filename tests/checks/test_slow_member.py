from dataclasses import replace

from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene

SLOW = Part(lag=6_000, reads=5)
ONE = Scene([SLOW, SLOW, *[Part(lag=20, owner=name) for name in "bbcc"]])


def test_fires_where_all_lag_is_that_of_one_member(judge):
    [finding] = judge("slow-member", *ONE.now(), earlier=ONE.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence["slow_members"] == ["a"]
    assert finding.evidence["slow_partitions"] == [0, 1]
    assert "client-a on 10.1.0.1" in finding.symptom


def test_is_silent_where_all_members_are_slow(judge):
    scene = Scene([replace(SLOW, owner=name) for name in "aabbcc"])

    assert judge("slow-member", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_the_member_owns_the_partitions_with_most_input(judge):
    scene = Scene([Part(lag=9_000, writes=100, reads=20)] + [Part(lag=20, owner=n) for n in "bc"])

    assert judge("slow-member", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_it_catches_up(judge):
    scene = Scene([Part(lag=6_000, reads=50)] + [Part(lag=20, owner=n) for n in "bc"])

    assert judge("slow-member", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_without_members(judge):
    now = [section for section in ONE.now() if not isinstance(section, Members)]
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    assert judge("slow-member", *now, earlier=ONE.then(), absent=absent).status == "unknown"
