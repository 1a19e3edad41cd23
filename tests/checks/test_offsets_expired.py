from kdiag.finding import group
from kdiag.sections import CommitHistory
from kdiag.snapshot import Missing
from tests.tables import ago, broker_configs, commit_history, members

KEY = ("app", "orders", 0)
TEAM = members({"group": "app", "member_id": "a", "subscription": ("orders",)})
KEPT = broker_configs({1: {"offsets.retention.minutes": "60"}})


def diagnose(judge, *steps, team=TEAM):
    return judge("offsets-expired", commit_history({KEY: steps}), team, KEPT)


def test_fires_for_a_group_that_is_back_after_its_offsets_expired(judge):
    [finding] = diagnose(judge, (5_000, 900), (1_000, None)).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.since == ago(1_000)
    assert finding.evidence["idle_seconds"] == 4_000
    assert "--to-offset 900" in finding.actions[0].command


def test_fires_where_it_has_begun_anew(judge):
    [finding] = diagnose(judge, (5_000, 900), (1_000, None), (100, 10), (90, 20)).findings

    assert finding.evidence["commits_since"] == 2
    assert "has begun anew" in finding.symptom


def test_is_less_certain_where_the_last_commit_is_not_in_the_history(judge):
    [finding] = diagnose(judge, (1_000, None)).findings

    assert finding.confidence == "likely"
    assert "--to-datetime" in finding.actions[0].command


def test_is_silent_where_somebody_deleted_the_offsets(judge):
    assert diagnose(judge, (1_100, 900), (1_000, None)).status == "ok"


def test_is_silent_for_a_new_group(judge):
    assert diagnose(judge, (100, 10), (90, 20)).status == "ok"


def test_is_silent_where_nobody_is_back(judge):
    gone = members({"group": "other", "member_id": "b", "subscription": ("orders",)})

    assert diagnose(judge, (5_000, 900), (1_000, None), team=gone).status == "ok"


def test_is_unknown_without_history(judge):
    absent = {CommitHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("offsets-expired", TEAM, KEPT, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic __consumer_offsets"
