from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene
from tests.tables import ago, generation_history, past_member

TEAM = [
    {
        "member_id": "a",
        "instance_id": "app-0",
        "client_host": "/10.1.0.7",
        "subscription": ("orders",),
        "assignment": tuple(("orders", p) for p in range(3)),
    }
]


def history(session_seconds, instance_id="app-0"):
    member = past_member("a", instance_id=instance_id, session_timeout_ms=session_seconds * 1000)
    return generation_history({"group": "app", "written_at": ago(2000), "members": (member,)})


def scene(stands=400, team=TEAM, **part):
    return Scene([Part(lag=10 * stands, stands=stands, **part)] * 3, team=team)


def test_fires_for_a_static_member_that_stands_within_its_session(judge):
    zombie = scene() + history(600)

    [finding] = judge("static-zombie", *zombie.now(), earlier=zombie.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["silent_partitions"] == [0, 1, 2]
    assert "app-0 on 10.1.0.7" in finding.symptom


def test_is_silent_after_its_session(judge):
    """It would be gone if it did not send heartbeats: it lives, and is stuck."""
    alive = scene(stands=900) + history(600)

    assert judge("static-zombie", *alive.now(), earlier=alive.then()).status == "ok"


def test_is_silent_for_one_that_commits_the_same_offset_again(judge):
    paused = scene(repeats=True) + history(600)

    assert judge("static-zombie", *paused.now(), earlier=paused.then()).status == "ok"


def test_is_silent_for_dynamic_members(judge):
    dynamic = scene(team=[{**TEAM[0], "instance_id": None}]) + history(600, None)

    assert judge("static-zombie", *dynamic.now(), earlier=dynamic.then()).status == "ok"


def test_is_silent_without_generations_since_the_session_is_not_known(judge):
    """The members are called stuck then, by stuck-consumer."""
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    assert (
        judge("static-zombie", *scene().now(), earlier=scene().then(), absent=absent).status == "ok"
    )


def test_is_unknown_with_one_sample(judge):
    assert judge("static-zombie", *(scene() + history(600)).now()).status == "unknown"
