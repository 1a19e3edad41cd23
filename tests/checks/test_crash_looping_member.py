import pytest

from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.churning import commits, generations, scene, stays
from tests.lag_scenes import Part, Scene


def judged(judge, comers, *more, **options):
    return judge("crash-looping-member", *scene(generations(comers, **options), *more))


def test_fires_for_a_client_that_is_killed_and_started_again(judge):
    """Its successor joins while its session lasts: one rebalance brings and takes."""
    each = stays(4, lasted=90, away=0)
    silent = [(ended + 45, ended) for _, ended in each]

    result = judged(judge, {"canary": each}, commits(silent))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert finding.evidence["clients"] == ["canary on 10.1.0.1"]
    assert finding.evidence["away_seconds"] == 0
    assert finding.covers == {group("app")}


def test_fires_for_a_client_that_fails_at_start_and_leaves_in_order(judge):
    [finding] = judged(judge, {"canary": stays(5, lasted=20, away=30)}).findings

    assert finding.evidence["departures"] == 5


def test_fires_beside_another_fault_of_the_same_group_only_once(judge):
    """Two faults at once: the one that costs more rebalances is named, the other beside it."""
    crashing = stays(9, lasted=20, away=30)
    evicted = stays(3, lasted=310, away=40, ended_ago=15)

    [finding] = judged(judge, {"canary": crashing, "slow": evicted}).findings

    assert finding.cause.endswith("Other members of it: poll-eviction-storm.")


def test_is_silent_for_a_rolling_deploy_with_a_rollback(judge):
    pods = {
        f"pod-{n}": [(9000, 900 - 30 * n), (890 - 30 * n, 400 - 30 * n), (390 - 30 * n, 0)]
        for n in range(4)
    }

    assert judged(judge, pods).status == "ok"


def test_is_silent_for_a_job_that_comes_and_goes(judge):
    """Its group is empty most of the time."""
    assert judged(judge, {"job": stays(6, lasted=20, away=100)}, steady=0).status == "ok"


def test_is_silent_where_most_members_come_and_go(judge):
    comers = {f"spot-{n}": stays(4, lasted=20, away=30, ended_ago=10 + n) for n in range(5)}

    assert judged(judge, comers).status == "ok"


def test_is_silent_for_workers_that_are_restarted_once_a_day(judge):
    assert judged(judge, {"vm": stays(4, lasted=86_000, away=30)}, begin=400_000).status == "ok"


def test_is_unknown_without_the_history(judge):
    sections = scene([])
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("crash-looping-member", sections[0], *sections[2:], absent=absent)

    assert result.status == "unknown"


LOOP = stays(6, lasted=1, away=60)


def alone(judge, part):
    """Judge a group whose only member comes and goes, with the backlog of its one partition."""
    told = Scene([part], reach=3000, team=(), state={"state": "Empty"})
    sections = {type(s): s for s in (*told.now(), *scene(generations({"job": LOOP}, steady=0)))}
    state = {type(s): s for s in told.now() if type(s).__name__ == "Groups"}
    now = [*(sections | state).values()]
    return judge("crash-looping-member", *now, earlier=told.then()).findings


def test_fires_for_the_only_member_that_does_nothing_of_what_waits_for_it(judge):
    """It fails at its start, time after time: a job would read what is there."""
    [finding] = alone(judge, Part(lag=9_000, stands=900))

    assert finding.impact.startswith("Nobody reads for the group in between")
    assert len(finding.actions) == 1


@pytest.mark.parametrize("part", [Part(lag=400, stands=50), Part(writes=0, reads=0, stands=900)])
def test_is_silent_for_a_job_that_reads_or_has_nothing_to_read(judge, part):
    assert not alone(judge, part)
