"""When groups were without members, as their records tell."""

from kdiag.analysis.group_past import group_past
from tests.tables import ago, generation_history, member_history, past_member


def past(*rows, members=()):
    made = member_history(*({"group": "app", **row} for row in members))
    generations = generation_history(*({"group": "app", **row} for row in rows))
    [row] = group_past(generations, made).rows.itertuples()
    return row


def test_a_classic_group_is_empty_from_the_time_in_its_last_record():
    row = past(
        {"written_at": ago(900), "members": (past_member("a"),)},
        {"written_at": ago(300), "state_since": ago(310)},
    )

    assert row.emptied_at == ago(310)
    assert row.empty_count == 0


def test_a_record_that_only_creates_a_group_is_no_emptiness():
    row = past(
        {"written_at": ago(950), "generation": 0},
        {"written_at": ago(900), "members": (past_member("a"),)},
    )

    assert row.empty_count == 0
    assert row.emptied_at != row.emptied_at


def test_pauses_are_counted():
    row = past(
        {"written_at": ago(900), "state_since": ago(900)},
        {"written_at": ago(600), "members": (past_member("a"),)},
        {"written_at": ago(500), "state_since": ago(500)},
        {"written_at": ago(400), "members": (past_member("b"),)},
    )

    assert (row.empty_count, row.longest_empty_seconds) == (2, 300)


def test_a_group_of_the_consumer_protocol_is_empty_when_its_last_member_leaves():
    row = past(
        members=[
            {"member_id": "a", "written_at": ago(900)},
            {"member_id": "b", "written_at": ago(800)},
            {"member_id": "a", "written_at": ago(300), "is_tombstone": True},
            {"member_id": "b", "written_at": ago(200), "is_tombstone": True},
        ]
    )

    assert row.emptied_at == ago(200)


def test_members_from_before_the_history_count():
    row = past(
        members=[
            {"member_id": "b", "written_at": ago(900), "is_tombstone": True},
            {"member_id": "c", "written_at": ago(890)},
            {"member_id": "old", "written_at": ago(880), "record": "current"},
        ]
    )

    assert row.empty_count == 0
