from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.tables import groups, members

STABLE = groups({"group": "app", "protocol": "range"})


def team(*sizes, subscription=("orders",)):
    return members(
        *(
            {
                "group": "app",
                "member_id": f"m{n}",
                "client_id": f"app-{n}",
                "subscription": subscription,
                "assignment": tuple(("orders", 100 * n + p) for p in range(size)),
            }
            for n, size in enumerate(sizes)
        )
    )


def test_fires_where_one_member_has_several_times_the_median(judge):
    [finding] = judge("uneven-assignment", STABLE, team(5, 1, 1)).findings

    assert finding.subject == group("app")
    assert finding.severity == "info"
    assert finding.evidence["max_partitions"] == 5
    assert "range" in finding.cause


def test_is_silent_where_the_rest_of_a_division_goes_to_some(judge):
    assert judge("uneven-assignment", STABLE, team(2, 2, 1)).status == "ok"


def test_is_silent_for_hot_standby_members(judge):
    assert judge("uneven-assignment", STABLE, team(1, 1, 1, 0)).status == "ok"


def test_is_silent_at_few_partitions(judge):
    assert judge("uneven-assignment", STABLE, team(3, 1, 1)).status == "ok"


def test_is_silent_where_members_subscribe_to_different_topics(judge):
    mixed = team(5, 1, 1)
    mixed.rows.at[0, "subscription"] = ("orders", "bills")

    assert judge("uneven-assignment", STABLE, mixed).status == "ok"


def test_is_silent_where_an_assignment_is_not_known(judge):
    assert judge("uneven-assignment", STABLE, team(5, 1, 1, subscription=None)).status == "ok"


def test_is_unknown_without_members(judge):
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    assert judge("uneven-assignment", STABLE, absent=absent).status == "unknown"
