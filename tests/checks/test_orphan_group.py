from kdiag.finding import CLUSTER, group
from kdiag.sections import CommitHistory
from kdiag.snapshot import Missing
from tests.tables import ago, commit_history, commits, generation_history, groups

DAY = 86_400
UUID = "reader-6f1c2a34-9d0e-4b7a-8f11-0c2d3e4f5a6b"


def scene(*names, idle=8 * DAY, gap=5, state="Empty"):
    """Groups that have been without members and commits for so long."""
    steps = [(idle + 2 * gap, 80), (idle + gap, 90), (idle, 100)]
    return [
        groups(*({"group": name, "state": state} for name in names)),
        commits({(name, "orders", 0): 100 for name in names}),
        commit_history({(name, "orders", 0): steps for name in names}),
        generation_history(
            *({"group": n, "written_at": ago(idle), "state_since": ago(idle)} for n in names)
        ),
    ]


def test_fires_for_a_group_that_has_been_idle_for_more_than_a_week(judge):
    [finding] = judge("orphan-group", *scene("etl-v1")).findings

    assert finding.subject == group("etl-v1")
    assert finding.severity == "info"
    assert finding.evidence["topics"] == ["orders"]
    assert "--delete --group etl-v1" in finding.actions[0].command
    assert finding.covers == {group("etl-v1")}


def test_tells_generated_names_together_and_sooner(judge):
    names = ["console-consumer-12345", UUID]

    [finding] = judge("orphan-group", *scene(*names, idle=2 * DAY)).findings

    assert finding.subject == CLUSTER
    assert finding.evidence["groups"] == names
    assert finding.covers == {group(name) for name in names}


def test_is_silent_within_a_week(judge):
    assert judge("orphan-group", *scene("etl-v1", idle=2 * DAY)).status == "ok"


def test_is_silent_for_a_job_that_runs_every_week(judge):
    assert judge("orphan-group", *scene("weekly", idle=8 * DAY, gap=7 * DAY)).status == "ok"


def test_is_silent_for_an_idle_group_with_members(judge):
    assert judge("orphan-group", *scene("etl-v1", state="Stable")).status == "ok"


def test_is_unknown_without_history(judge):
    absent = {CommitHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("orphan-group", *scene("etl-v1"), absent=absent)

    assert result.status == "unknown"
