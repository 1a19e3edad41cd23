from kdiag.finding import group
from kdiag.sections import Members, Topics
from kdiag.snapshot import Missing
from tests.tables import groups, members


def topics(count=3):
    return Topics.from_rows([{"topic": "orders", "partition_count": count}])


def team(assigned, idle, subscription=("orders",)):
    rows = [
        {"member_id": f"m{i}", "assignment": (("orders", i),) if i < assigned else ()}
        for i in range(assigned + idle)
    ]
    return members(*({"group": "app", "subscription": subscription, **row} for row in rows))


def test_fires_for_more_members_than_partitions(judge):
    result = judge("idle-members", groups({"group": "app"}), team(3, 2), topics())

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "info"
    assert finding.evidence["idle_members"] == 2


def test_is_silent_where_members_are_as_many_as_partitions(judge):
    result = judge("idle-members", groups({"group": "app"}), team(3, 0), topics())

    assert result.status == "ok"


def test_is_silent_while_the_group_rebalances(judge):
    unsettled = groups({"group": "app", "state": "PreparingRebalance"})

    assert judge("idle-members", unsettled, team(0, 5), topics()).status == "ok"


def test_is_silent_where_the_subscription_is_not_known(judge):
    result = judge("idle-members", groups({"group": "app"}), team(3, 2, None), topics())

    assert result.status == "ok"


def test_is_unknown_without_members(judge):
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    result = judge("idle-members", groups({"group": "app"}), topics(), absent=absent)

    assert result.status == "unknown"
