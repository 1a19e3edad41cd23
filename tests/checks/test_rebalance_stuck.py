from kdiag.finding import group
from tests.tables import (
    ago,
    commit_history,
    commits,
    end_offset_history,
    generation_history,
    groups,
    members,
    offsets,
    past_member,
)

UNTOLD = {"subscription": None, "assignment": None}
"""Classic groups tell them only while Stable."""


def scene(state="PreparingRebalance", state_before="PreparingRebalance", committed=100, **group_):
    key, log = ("app", "orders", 0), ("orders", 0)
    now = [
        groups({"group": "app", "state": state, **group_}),
        members(*({"group": "app", "member_id": id_, **UNTOLD} for id_ in ("a", "b"))),
        commits({key: committed}),
        offsets({log: 1000}),
        end_offset_history({("orders", 0, 30): 900}),
    ]
    then = [
        groups({"group": "app", "state": state_before}, at=ago(6)),
        commits({key: committed}, at=ago(6)),
        offsets({log: 950}, at=ago(6)),
    ]
    return now, then


def generation(seconds_ago=3600):
    """Return the last generation: `a` may take an hour to poll, `c` has gone since."""
    slow = past_member("a", client_id="slow", rebalance_timeout_ms=3_600_000)
    return generation_history(
        {
            "group": "app",
            "generation": 7,
            "written_at": ago(seconds_ago),
            "members": (slow, past_member("c", rebalance_timeout_ms=7_200_000)),
        }
    )


def committed_ago(seconds):
    return commit_history({("app", "orders", 0): [(seconds + 1, 99), (seconds, 100)]})


def test_fires_where_both_samples_rebalance_and_the_backlog_is_old(judge):
    now, then = scene()

    result = judge("rebalance-stuck", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "critical"
    assert finding.confidence == "possible"
    assert finding.evidence["members"] == 2
    assert finding.covers == {group("app")}


def test_names_the_member_that_everybody_waits_for(judge):
    now, then = scene()

    result = judge("rebalance-stuck", *now, generation(), committed_ago(90), earlier=then)

    [finding] = result.findings
    assert "waits for slow on 10.1.0.1" in finding.cause
    assert "and nobody reads since 1 min 30 s ago" in finding.symptom
    assert finding.confidence == "likely"
    assert finding.evidence["max_poll_interval_seconds"] == 3600
    assert finding.evidence["waiting_members"] == 1
    assert finding.evidence["last_generation"] == 7


def test_is_silent_for_a_rebalance_that_just_began(judge):
    now, then = scene(state_before="Stable")

    assert judge("rebalance-stuck", *now, earlier=then).status == "ok"


def test_is_silent_for_a_group_without_an_old_backlog(judge):
    """A deploy of a large group: it rebalances for a while, and nothing old waits."""
    now, then = scene(committed=950)

    assert judge("rebalance-stuck", *now, earlier=then).status == "ok"


def test_is_silent_for_a_storm_that_rebalances_in_both_samples(judge):
    """One rebalance follows the other: both samples see one, but each completes."""
    now, then = scene()

    assert judge("rebalance-stuck", *now, generation(9), earlier=then).status == "ok"


def test_is_silent_for_a_group_that_committed_lately(judge):
    now, then = scene()

    assert judge("rebalance-stuck", *now, committed_ago(15), earlier=then).status == "ok"


def test_needs_no_second_sample_where_no_group_rebalances(judge):
    now, _ = scene(state="Stable", committed=950)

    assert judge("rebalance-stuck", *now).status == "ok"


def test_is_unknown_with_one_sample(judge):
    now, _ = scene(committed=950)

    result = judge("rebalance-stuck", *now)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"
