from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.churning import generations, scene, stays
from tests.tables import ago

DAILY = stays(4, lasted=86_000, away=30)


def judged(judge, comers, **options):
    return judge("no-static-membership", *scene(generations(comers, begin=400_000, **options)))


def test_fires_for_clients_that_restart_and_come_back_as_others(judge):
    result = judged(judge, {"vm": DAILY})

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "info"
    assert finding.evidence["restarts"] == 3
    assert finding.evidence["away_seconds"] == 30
    assert finding.since == ago(10 + 3 * 86_030)


def test_is_silent_for_a_deploy_and_its_rollback(judge):
    assert judged(judge, {"vm": stays(3, lasted=3000, away=30)}).status == "ok"


def test_is_silent_for_clients_that_stay_away_longer_than_a_session(judge):
    """A static member would keep its partitions for nothing meanwhile."""
    assert judged(judge, {"vm": stays(6, lasted=3000, away=300)}).status == "ok"


def test_is_silent_for_a_job_whose_group_is_empty_in_between(judge):
    assert judged(judge, {"job": stays(6, lasted=20, away=40)}, steady=0).status == "ok"


def test_is_silent_for_static_members(judge):
    static = {"instance_id": "vm-1"}

    assert judged(judge, {"vm": DAILY}, steady=0, **static).status == "ok"


def test_is_unknown_without_the_history(judge):
    sections = scene([])
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("no-static-membership", sections[0], *sections[2:], absent=absent)

    assert result.status == "unknown"
