import pytest

from kdiag.analysis.history_span import HistorySpan, java_hash, log_partition
from kdiag.analysis.member_lives import MemberLives
from kdiag.analysis.rebalances import Rebalances
from kdiag.snapshot import Snapshot
from kdiag.view import View
from tests.tables import (
    NOW,
    ago,
    generation_history,
    groups,
    history_reach,
    member_history,
    past_member,
    topics,
)

A, B = past_member("a", client_id="one"), past_member("b", client_id="two")


def made(section, *sections):
    held = {type(each): each for each in sections}
    return View(Snapshot(taken_at=NOW, sections=held)).get(section)


def rows(section, *sections):
    return made(section, *sections).rows.to_dict("records")


def generation(number, seconds, *members, **more):
    return {
        "group": "app",
        "generation": number,
        "written_at": ago(seconds),
        "members": members,
        **more,
    }


def test_a_gap_between_generations_is_rebalances_that_failed():
    past = generation_history(generation(4, 100, A), generation(8, 50, A, B))

    first, second = rows(Rebalances, past)

    assert first["failed_before"] is None
    assert second["failed_before"] == 3
    assert second["joined"] == 1
    assert second["left"] == 0


def test_what_came_before_the_history_counts_no_failures():
    past = generation_history(
        generation(1, 9000, A, is_before_reach=True), generation(90, 50, A, B)
    )

    [row] = rows(Rebalances, past)

    assert row["failed_before"] is None
    assert row["joined"] == 1


def test_creation_and_an_empty_group_are_no_rebalances():
    past = generation_history(generation(0, 100), generation(1, 99, A), generation(2, 50))

    assert [row["generation"] for row in rows(Rebalances, past)] == [1]


def test_a_static_member_that_is_replaced_is_no_rebalance():
    old = past_member("a-1", instance_id="a")
    past = generation_history(
        generation(3, 100, old), generation(3, 50, past_member("a-2", instance_id="a"))
    )

    assert len(rows(Rebalances, past)) == 1
    assert [life["ending"] for life in rows(MemberLives, past)] == ["replaced", None]


def test_a_client_that_comes_back_with_another_member_id_returned():
    again = past_member("z", client_id="two")
    past = generation_history(
        generation(1, 90, A, B), generation(2, 60, A), generation(3, 30, A, again)
    )

    *_, last = rows(Rebalances, past)

    assert (last["joined"], last["returned"]) == (1, 1)


def test_times_do_not_go_back_where_the_coordinator_changed():
    past = generation_history(generation(1, 50, A, B), generation(2, 70, A))

    lives = {life["member_id"]: life for life in rows(MemberLives, past)}

    assert lives["b"]["ended_at"] == lives["b"]["began_at"] == ago(50)


def test_a_group_that_is_converted_loses_no_member():
    past = generation_history(
        generation(1, 90, A, log_offset=0),
        generation(None, 60, members=None, is_tombstone=True, log_offset=1),
    )
    joined = member_history(
        {"group": "app", "member_id": "a", "written_at": ago(60), "log_offset": 2}
    )

    assert [life["ending"] for life in rows(MemberLives, past, joined)] == ["converted", None]


def test_epochs_that_converge_together_are_one_rebalance():
    past = generation_history(
        *(
            {"group": "app", "kind": "consumer", "generation": epoch, "written_at": ago(seconds)}
            | {"members": None, "log_offset": offset}
            for epoch, seconds, offset in ((2, 90, 1), (3, 60, 10), (4, 58, 20))
        )
    )

    def current(member, epoch, seconds, offset, state=0):
        return {
            "group": "app",
            "record": "current",
            "member_id": member,
            "member_epoch": epoch,
            "state": state,
            "written_at": ago(seconds),
            "log_offset": offset,
        }

    members = member_history(
        {"group": "app", "member_id": "a", "written_at": ago(90), "log_offset": 0},
        current("a", 2, 90, 2),
        {"group": "app", "member_id": "b", "written_at": ago(60), "log_offset": 9},
        current("b", 3, 60, 11, state=2),
        current("a", 4, 55, 21),
        current("b", 4, 50, 22),
    )

    first, second = rows(Rebalances, past, members)

    assert (first["generation"], first["member_count"]) == (2, 1)
    assert (second["generation"], second["seconds"], second["joined"]) == (4, 10, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [("", 0), ("hello", 99162322), ("Aa", 2112), ("BB", 2112), ("polygenelubricants", -(1 << 31))],
)
def test_the_hash_of_a_group_is_that_of_java(text, value):
    assert java_hash(text) == value


def test_the_partition_of_a_group_is_never_negative():
    """-1906497762 is negative, and the lowest number of all has no positive counterpart."""
    assert log_partition("my-group", 50) == 1906497762 % 50
    assert log_partition("polygenelubricants", 50) == 0


def test_a_short_history_is_missing_unless_the_log_begins_there():
    sections = (groups({"group": "app"}), topics({"topic": "__consumer_offsets"} | ONE))

    whole = made(HistorySpan, *sections, history_reach(60, stopped_by="start"))
    cut = made(HistorySpan, *sections, history_reach(60, stopped_by="compaction"))

    assert not whole.errors
    assert list(cut.errors) == ["__consumer_offsets-0"]


ONE = {"partition_count": 1}
