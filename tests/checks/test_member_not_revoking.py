from kdiag.finding import group
from kdiag.sections import MemberHistory
from kdiag.snapshot import Missing
from tests.churning import scene
from tests.tables import ago, groups, member_history, members

BOTH = (("orders", 0), ("orders", 1))


def reconciling(*, told_ago=60, owned=BOTH, epoch=2, state=1):
    """Return a group in epoch 3: `old` is to give up partition 1, which `new` waits for."""
    there = members(
        {"group": "app", "member_id": "old", "client_id": "old", "assignment": owned}
        | {"target_assignment": BOTH[:1], "member_epoch": epoch},
        {"group": "app", "member_id": "new", "target_assignment": BOTH[1:], "member_epoch": 3},
    )
    usual = {"group": "app", "member_id": "old", "record": "current"}
    told = member_history(
        {**usual, "member_epoch": 2, "state": 0, "written_at": ago(3600)},
        {**usual, "member_epoch": 2, "state": state, "written_at": ago(told_ago)},
        {**usual, "member_epoch": 2, "state": state, "written_at": ago(told_ago / 2)},
    )
    settled = {"type": "consumer", "state": "Reconciling", "group_epoch": 3}
    _, generations, reach, topics = scene([])
    return [groups({"group": "app", **settled}), there, told, generations, reach, topics]


def test_fires_for_a_member_that_was_told_long_ago(judge):
    result = judge("member-not-revoking", *reconciling())

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "warning"
    assert finding.evidence["member_id"] == "old"
    assert finding.evidence["partitions"] == ["orders-1"]
    assert finding.evidence["waiting_members"] == 1
    assert finding.since == ago(60)


def test_is_silent_for_a_rebalance_that_just_began(judge):
    assert judge("member-not-revoking", *reconciling(told_ago=5)).status == "ok"


def test_is_silent_for_a_member_that_was_not_told_yet(judge):
    assert judge("member-not-revoking", *reconciling(state=0)).status == "ok"


def test_is_silent_for_a_victim_that_only_waits(judge):
    assert judge("member-not-revoking", *reconciling(owned=BOTH[:1])).status == "ok"


def test_is_silent_for_a_settled_group(judge):
    assert judge("member-not-revoking", *reconciling(epoch=3)).status == "ok"


def test_waits_at_least_as_long_as_the_history_reaches(judge):
    groups_, members_, _, *more = reconciling()

    [finding] = judge("member-not-revoking", groups_, members_, member_history(), *more).findings

    assert finding.evidence["waits_seconds"] == 86_400


def test_is_unknown_without_the_history(judge):
    groups_, members_, _, *more = reconciling()
    absent = {MemberHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("member-not-revoking", groups_, members_, *more, absent=absent)

    assert result.status == "unknown"
