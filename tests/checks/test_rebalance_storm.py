from kdiag.finding import group
from kdiag.sections import GenerationHistory, HistoryReach
from kdiag.snapshot import Missing
from tests.churning import generations, scene, stays
from tests.tables import NOW, ago, past_member


def judged(judge, rows):
    return judge("rebalance-storm", *scene(rows))


def test_fires_where_most_members_restart_all_the_time(judge):
    comers = {f"spot-{n}": stays(4, lasted=20, away=30, ended_ago=10 + n) for n in range(5)}

    result = judged(judge, generations(comers))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "warning"
    assert finding.evidence["departures"] == 20
    assert finding.covers == {group("app")}


def test_tells_from_the_first_rebalance_on_where_the_reach_is_not_known(judge):
    comers = {f"spot-{n}": stays(4, lasted=20, away=30, ended_ago=10 + n) for n in range(5)}
    sections = [each for each in scene(generations(comers)) if not isinstance(each, HistoryReach)]
    reach = HistoryReach.from_rows([{"log_partition": 0, "stopped_by": "error"}], read_at=NOW)

    [finding] = judge("rebalance-storm", *sections, reach).findings

    assert 0 < finding.evidence["window_seconds"] <= 3600
    assert "where the history begins" not in finding.symptom


def test_takes_a_round_that_was_missed_for_no_pause(judge):
    """A rebalance that failed hides a stay of some; the others are not the only ones."""
    comers = {f"spot-{n}": stays(6, lasted=8, away=1) for n in range(2)}
    comers |= {f"spot-{n}": [(18, 10), (54, 46), (63, 55), (72, 64)][::-1] for n in (2, 3)}

    [finding] = judged(judge, generations(comers)).findings

    assert len(finding.evidence["clients"]) == 4


def test_fires_for_an_autoscaler_that_adds_and_removes_workers(judge):
    """Each worker has a name of its own and is not seen again."""
    comers = {f"pod-{n}": [(3000 - 300 * n, 2800 - 300 * n)] for n in range(10)}

    [finding] = judged(judge, generations(comers)).findings

    assert "10 members that had just come went again" in finding.symptom


def test_fires_where_rebalances_do_not_complete(judge):
    rows = [
        {"group": "app", "generation": 3 * n, "written_at": ago(1800 - 200 * n)}
        | {"members": (past_member("a"), past_member("b"))}
        for n in range(1, 9)
    ]

    [finding] = judged(judge, rows).findings

    assert finding.evidence["failed_rebalances"] == 14


def test_fires_for_rebalances_every_minute_that_change_nothing(judge):
    """A pattern subscription, and topics that come and go."""
    members = (past_member("a"), past_member("b"))
    rows = [
        {"group": "app", "written_at": ago(1800 - 90 * n), "members": members} for n in range(20)
    ]

    [finding] = judged(judge, rows).findings

    assert "brought no member and took none" in finding.symptom


def test_is_silent_for_the_probing_rebalances_of_streams(judge):
    members = (past_member("a"), past_member("b"))
    rows = [
        {"group": "app", "written_at": ago(3500 - 600 * n), "members": members} for n in range(6)
    ]

    assert judged(judge, rows).status == "ok"


def test_is_silent_for_a_rolling_deploy_of_a_large_group(judge):
    old = {f"pod-{n}": [(9000, 1500 - 30 * n), (1480 - 30 * n, 0)] for n in range(40)}

    assert judged(judge, generations(old)).status == "ok"


def test_is_silent_for_a_cooperative_group_that_grows(judge):
    """Each newcomer takes two generations."""
    ids = ("a", "b", "c", "d", "e")
    rows = []
    for n in range(1, 6):
        members = tuple(past_member(id_) for id_ in ids[:n])
        rows += [
            {"group": "app", "written_at": ago(500 - 60 * n - more), "members": members}
            for more in (0, 3)
        ]

    assert judged(judge, rows).status == "ok"


def test_is_silent_for_a_group_that_was_converted(judge):
    rows = [
        {"group": "app", "written_at": ago(600), "members": (past_member("a"),)},
        {"group": "app", "written_at": ago(300), "generation": None, "is_tombstone": True}
        | {"members": None},
        {"group": "app", "written_at": ago(300), "kind": "consumer", "members": None},
    ]

    assert judged(judge, rows).status == "ok"


def test_is_silent_for_deleted_groups(judge):
    comers = {f"spot-{n}": stays(4, lasted=20, away=30, ended_ago=10 + n) for n in range(5)}

    assert judged(judge, generations(comers, group="deleted")).status == "ok"


def test_is_unknown_without_the_history(judge):
    sections = scene([])
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("rebalance-storm", sections[0], *sections[2:], absent=absent)

    assert result.status == "unknown"
