from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.churning import commits, scene
from tests.tables import ago, past_member


def owners(times, every=60, last_ago=20, generation=3):
    """Return one generation with an instance id that so many members have had in turn.

    Brokers keep the client id and host of the first of them.
    """
    return [
        {
            "group": "app",
            "generation": generation,
            "written_at": ago(last_ago + every * number),
            "members": (
                past_member("other", instance_id="app-1", client_host="/10.1.0.9"),
                past_member(f"m{number}", instance_id="app-0"),
            ),
        }
        for number in reversed(range(times))
    ]


def restarts(times, seconds, every=60, last_ago=20):
    """Return the times without commits before each takeover."""
    return [(last_ago + every * n + seconds, last_ago + every * n) for n in range(times)]


def judged(judge, rows, *more):
    return judge("duplicate-static-id", *scene(rows, *more))


def test_fires_for_an_instance_id_that_is_taken_from_members_at_work(judge):
    result = judged(judge, owners(6), commits([]))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "warning"
    assert finding.confidence == "likely"
    assert finding.evidence["instance_id"] == "app-0"
    assert finding.evidence["takeovers"] == 4
    assert finding.evidence["lasted_seconds"] == 60
    assert finding.covers == {group("app")}


def test_is_less_certain_without_commits(judge):
    [finding] = judged(judge, owners(6)).findings

    assert finding.confidence == "possible"
    assert finding.cause.endswith("or one that has it is restarted again and again.")


def test_fires_where_each_takeover_is_a_generation_of_its_own(judge):
    rows = [{**row, "generation": 5 + number} for number, row in enumerate(owners(6))]

    [finding] = judged(judge, rows, commits([])).findings

    assert finding.evidence["takeovers"] == 4


def test_is_silent_for_a_static_member_that_crashes_and_is_restarted(judge):
    """Nobody committed for it before it took its own place again."""
    assert judged(judge, owners(6), commits(restarts(6, 25))).status == "ok"


def test_is_silent_for_a_deploy_and_its_rollback(judge):
    assert judged(judge, owners(3), commits([])).status == "ok"


def test_is_silent_for_takeovers_that_have_ended(judge):
    assert judged(judge, owners(6, last_ago=1200), commits([])).status == "ok"


def test_is_unknown_without_the_history(judge):
    sections = scene([])
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("duplicate-static-id", sections[0], *sections[2:], absent=absent)

    assert result.status == "unknown"
