from dataclasses import replace

from kdiag.finding import group
from kdiag.sections import Commits
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene

SLOW = Part(lag=6_000, reads=5)
FINE = Part(lag=20)
MIXED = Scene([SLOW, replace(SLOW, owner="b"), *[replace(FINE, owner=name) for name in "aabbcc"]])


def test_fires_where_the_lagging_partitions_fit_no_cause(judge):
    [finding] = judge("lag-growing", *MIXED.now(), earlier=MIXED.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["growing_partitions"] == [0, 1]


def test_is_silent_where_the_cause_is_known(judge):
    scene = Scene([SLOW] * 3)

    assert judge("lag-growing", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_group_that_drains_its_backlog(judge):
    scene = Scene([Part(lag=60_000, reads=100), FINE, FINE])

    assert judge("lag-growing", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_between_two_commits_of_a_group_that_keeps_up(judge):
    scene = Scene([Part(lag=50, stands=4)] * 3)

    assert judge("lag-growing", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_the_rhythm_of_commits_could_explain_the_difference(judge):
    """Two samples only: 100 in against 84 out proves nothing."""
    scene = Scene([replace(SLOW, reads=8.4), *MIXED.parts[1:]], reach=0)
    scene = replace(scene, parts=[replace(p, reads=8.4) if p.lag > 100 else p for p in scene.parts])

    assert judge("lag-growing", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_below_the_floor(judge):
    result = judge("lag-growing", *MIXED.now(), earlier=MIXED.then(), min_lag_records=100_000)

    assert result.status == "ok"


def test_is_unknown_where_commits_of_a_group_could_not_be_read(judge):
    scene = Scene([FINE] * 3)
    now = scene.now()
    [known] = [section for section in now if isinstance(section, Commits)]
    lacking = Commits(rows=known.rows, read_at=known.read_at, errors={"group b": Missing("denied")})

    result = judge("lag-growing", *now, lacking, earlier=scene.then())

    assert result.status == "unknown"
    assert "group b" in result.reason
