from kdiag.finding import group
from tests.tables import ago, commits, end_offset_history, groups, members, offsets


def scene(state="PreparingRebalance", state_before="PreparingRebalance", committed=100):
    key, log = ("app", "orders", 0), ("orders", 0)
    now = [
        groups({"group": "app", "state": state}),
        members({"group": "app", "member_id": "a"}, {"group": "app", "member_id": "b"}),
        commits({key: committed}),
        offsets({log: 1000}),
        end_offset_history({("orders", 0, 30): 900}),
    ]
    then = [
        groups({"group": "app", "state": state_before}),
        commits({key: committed}, at=ago(6)),
        offsets({log: 950}, at=ago(6)),
    ]
    return now, then


def test_fires_where_both_samples_rebalance_and_the_backlog_is_old(judge):
    now, then = scene()

    result = judge("rebalance-stuck", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "critical"
    assert finding.evidence["members"] == 2


def test_is_silent_for_a_rebalance_that_just_began(judge):
    now, then = scene(state_before="Stable")

    assert judge("rebalance-stuck", *now, earlier=then).status == "ok"


def test_is_silent_for_a_group_without_an_old_backlog(judge):
    """A deploy of a large group: it rebalances for a while, and nothing old waits."""
    now, then = scene(committed=950)

    assert judge("rebalance-stuck", *now, earlier=then).status == "ok"


def test_is_unknown_with_one_sample(judge):
    now, _ = scene()

    assert judge("rebalance-stuck", *now).status == "unknown"
