from kdiag.analysis.positions import Positions
from kdiag.snapshot import Missing
from kdiag.view import View
from tests.pages.snapshots import snapshot
from tests.tables import commits, groups, members, offsets, share_offsets


def positions(*sections):
    return View(snapshot(*sections)).get(Positions)


def rows(*sections):
    made = positions(*sections).rows
    return {
        (row.group, row.topic, row.partition): row for row in made.sort_values("group").itertuples()
    }


def test_lag_is_the_end_offset_minus_the_committed_one_and_never_negative():
    found = rows(
        commits({("g", "t", 0): 10, ("g", "t", 1): 99}), offsets({("t", 0): 15, ("t", 1): 90})
    )

    assert found["g", "t", 0].lag_records == 5
    assert found["g", "t", 1].lag_records == 0
    assert found["g", "t", 0].reason is None


def test_a_partition_that_a_member_owns_and_never_committed_for_is_a_row():
    owner = {"group": "g", "member_id": "m", "assignment": (("t", 0), ("t", 1))}

    found = rows(commits({("g", "t", 0): 10}), offsets({("t", 0): 15, ("t", 1): 7}), members(owner))

    assert found["g", "t", 1].reason == "nothing committed"
    assert found["g", "t", 1].end_offset == 7
    assert [own[0] for own in found["g", "t", 0].owners] == ["m"]


def test_what_is_not_known_has_its_reason_and_is_no_zero():
    told = offsets({("t", 0): 15})
    told.rows.loc[0, ["end_offset", "error"]] = [None, "NOT_LEADER_OR_FOLLOWER"]
    refused = commits({("g", "t", 0): 10, ("g", "gone", 0): 3, ("g", "u", 0): 1})
    refused.rows.loc[2, ["committed_offset", "error"]] = [None, "UNSTABLE_OFFSET_COMMIT"]

    found = rows(refused, told)

    assert {key[1]: row.reason for key, row in found.items()} == {
        "t": "end offset: NOT_LEADER_OR_FOLLOWER",
        "gone": "its topic is deleted or hidden",
        "u": "committed offset: UNSTABLE_OFFSET_COMMIT",
    }
    assert all(row.lag_records is not row.lag_records or row.reason for row in found.values())


def test_share_groups_have_the_lag_that_their_coordinator_tells_and_several_owners():
    both = [{"group": "s", "member_id": name, "assignment": (("t", 0),)} for name in ("a", "b")]

    found = rows(
        commits({}),
        offsets({("t", 0): 100, ("t", 1): 100}),
        groups({"group": "s", "type": "share"}),
        share_offsets({("s", "t", 0): (40, 12), ("s", "t", 1): (None, None)}),
        members(*both),
    )

    assert (found["s", "t", 0].committed_offset, found["s", "t", 0].lag_records) == (40, 12)
    assert len(found["s", "t", 0].owners) == 2
    assert found["s", "t", 1].reason == "nothing acknowledged"


def test_without_members_nobody_is_said_to_own_nothing():
    found = rows(commits({("g", "t", 0): 10}), offsets({("t", 0): 15}))

    assert found["g", "t", 0].owners is None


def test_without_commits_there_is_no_table():
    assert isinstance(positions(offsets({("t", 0): 15})), Missing)
