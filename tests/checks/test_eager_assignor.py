from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.churning import generations, scene, stays
from tests.tables import groups, members


def crowd(size):
    return members(*({"group": "app", "member_id": f"m{number}"} for number in range(size)))


def judged(judge, size, protocol="range", **more):
    return judge(
        "eager-assignor", groups({"group": "app", "protocol": protocol, **more}), crowd(size)
    )


def test_fires_for_a_large_group(judge):
    result = judged(judge, 11)

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "info"
    assert finding.evidence["assignor"] == "range"
    assert finding.evidence["members"] == 11


def test_fires_for_a_small_group_that_rebalances_often(judge):
    sections = scene(generations({"canary": stays(6, 20, 30)}), crowd(3), protocol="range")

    [finding] = judge("eager-assignor", *sections).findings

    assert finding.evidence["rebalances_last_hour"] == 12


def test_is_silent_at_the_limit(judge):
    assert judged(judge, 10).status == "ok"


def test_is_silent_for_cooperative_groups_and_streams(judge):
    assert judged(judge, 30, "cooperative-sticky").status == "ok"
    assert judged(judge, 30, "stream").status == "ok"


def test_is_silent_for_groups_that_the_broker_drives(judge):
    """Their assignor may be called range too, but it stops nobody."""
    assert judged(judge, 30, type="consumer").status == "ok"


def test_is_silent_for_connect_workers(judge):
    assert judged(judge, 30, protocol_type="connect").status == "ok"


def test_is_unknown_without_members(judge):
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    result = judge("eager-assignor", groups({"group": "app", "protocol": "range"}), absent=absent)

    assert result.status == "unknown"
