from datetime import timedelta

import pytest

from kdiag.errors import UsageError
from kdiag.pages.group import group_page
from kdiag.pages.rebalanced import Client
from kdiag.sections import GenerationHistory, Groups, MemberHistory, Members
from kdiag.snapshot import Missing
from tests.pages.snapshots import SLOW, lagging, remembered, replaced, snapshot, without
from tests.tables import (
    NOW,
    ago,
    commit_history,
    commits,
    generation_history,
    groups,
    history_reach,
    member_history,
    members,
    offsets,
    past_member,
    streams_topologies,
)

APP_1 = Client("app", "/10.1.0.1", None)
APP_2 = Client("app", "/10.1.0.2", None)
LATER = NOW + timedelta(seconds=60)


def page(*more, name=SLOW):
    return group_page(lagging(*more), name)


def rebalanced(*generations, now=(), members_=()):
    """Return the rebalances of g."""
    given = snapshot(
        commits({}),
        offsets({}),
        groups({"group": "g"}),
        members(*now),
        generation_history(
            *(
                {"group": "g", "written_at": NOW + timedelta(seconds=number), **each}
                for number, each in enumerate(generations)
            )
        ),
        member_history(*members_),
        commit_history({}),
    )
    return group_page(given, "g").timeline.rebalances


def test_the_head_says_what_it_is_and_where():
    made = page(*remembered())

    assert (made.type, made.state, made.protocol_type) == ("classic", "Stable", "consumer")
    assert (made.coordinator, made.coordinator_address) == (1, "10.0.0.1:9092")
    assert made.generation == 3
    assert made.is_complete


def test_members_have_the_lag_of_what_they_own():
    [member] = page().members

    assert member.partitions == (("orders", 0), ("orders", 1))
    assert member.lag_records == 1800
    assert member.is_settled is None


def test_a_member_whose_assignment_cannot_be_decoded_has_no_known_lag():
    given = replaced(
        lagging(), Members=members({"group": SLOW, "member_id": "m", "assignment": None})
    )

    [member] = group_page(given, SLOW).members

    assert member.partitions is member.lag_records is None


def test_rebalances_say_who_came_and_who_went():
    first, second, third = page(*remembered()).timeline.rebalances

    assert (first.generation, first.members, first.joined) == (1, 1, (APP_1,))
    assert (second.joined, second.left) == ((APP_2,), ())
    assert (third.joined, third.left, third.members) == ((), (APP_2,), 1)
    assert (third.at, third.seconds) == (ago(300), 2)


def test_a_group_that_was_made_in_the_history_began_with_nobody():
    [first] = rebalanced({"generation": 0}, {"generation": 1, "members": (past_member("a"),)})

    assert first.joined == (APP_1,)


def test_the_last_record_before_the_history_is_no_event_but_tells_who_was_there():
    a, b = past_member("a"), past_member("b", client_host="/10.1.0.2")

    [only] = rebalanced(
        {"generation": 6, "members": (a,), "is_before_reach": True},
        {"generation": 7, "members": (a, b)},
    )

    assert (only.generation, only.joined, only.left) == (7, (APP_2,), ())


def test_a_static_member_that_returns_with_a_new_id_is_no_rebalance():
    static = {"instance_id": "i"}

    found = rebalanced(
        {"generation": 4, "members": (past_member("i-1", **static),)},
        {"generation": 4, "members": (past_member("i-2", **static),)},
    )

    assert [each.generation for each in found] == [4]


def test_a_group_that_lost_its_members_became_empty():
    a = past_member("a")

    _, empty = rebalanced({"generation": 1, "members": (a,)}, {"generation": 2, "members": ()})

    assert (empty.members, empty.left, empty.seconds) == (0, (APP_1,), None)


def test_epochs_of_other_groups_take_their_members_from_the_records_between():
    who = {"group": "g", "member_id": "m", "client_id": "app", "client_host": "/10.1.0.1"}
    there = {"group": "g", "member_id": "m", "record": "current", "member_epoch": 1}

    joined, left = rebalanced(
        {"kind": "consumer", "generation": 1, "members": None, "log_offset": 2},
        {"kind": "consumer", "generation": 2, "log_offset": 5, "written_at": LATER},
        members_=(
            {**who, "written_at": NOW, "log_offset": 1},
            {**there, "state": 0, "written_at": NOW + timedelta(seconds=3), "log_offset": 3},
            {**who, "written_at": LATER, "is_tombstone": True, "log_offset": 4},
        ),
    )

    assert (joined.joined, joined.left, joined.members, joined.seconds) == ((APP_1,), (), 1, 3)
    assert (left.joined, left.left, left.members, left.generation) == ((), (APP_1,), 0, None)


def test_commits_are_counted_by_the_minute_with_the_lag_of_then():
    made = page(*remembered(), history_reach(600)).timeline

    assert {each.seconds for each in made.commits} == {60}
    assert sum(each.commits for each in made.commits) == 2 * 51
    assert sum(each.records for each in made.commits) == 2 * 500
    assert [each.lag_records_then for each in made.commits if each.lag_records_then is not None]
    assert made.complete_since == ago(600)


def test_commits_of_days_are_counted_by_the_hour():
    long = commit_history({(SLOW, "orders", 0): [(3600 * 30, 1), (60, 5), (0, 9)]})

    made = group_page(lagging(long, generation_history()), SLOW).timeline.commits

    assert (made[0].seconds, made[0].records) == (3600, 0)
    assert sum(each.records for each in made) == 8


def test_deleted_offsets_are_told_topic_by_topic():
    gone = commit_history({(SLOW, "orders", n): [(90, 5), (60, None)] for n in (0, 1)})

    [deleted] = group_page(lagging(gone, generation_history()), SLOW).timeline.deleted

    assert (deleted.topic, deleted.partitions, deleted.at) == ("orders", 2, ago(60))


def test_without_history_there_is_no_timeline_and_the_reason_is_told():
    made = group_page(lagging(), SLOW)
    denied = replaced(
        lagging(generation_history()), GenerationHistory=Missing("not authorised", "Read on Topic")
    )

    assert made.timeline is None
    assert made.is_complete
    assert ("Read on Topic", "rebalances") in [
        (gap.needs, what) for gap in group_page(denied, SLOW).unread for what in gap.what
    ]


def test_an_empty_group_says_since_when():
    emptied = {"group": SLOW, "generation": 2, "members": (), "state_since": ago(900)}
    had = {"group": SLOW, "generation": 1, "members": (past_member(),), "written_at": ago(2000)}
    given = lagging(generation_history(had, {**emptied, "written_at": ago(900)}))

    made = group_page(replaced(given, Members=members()), SLOW)

    assert made.empty_since == ago(900)
    assert made.members == ()


def test_streams_groups_show_their_subtopologies_and_others_their_epoch():
    given = snapshot(
        commits({}),
        offsets({}),
        groups({"group": "s", "type": "streams", "group_epoch": 7}),
        members(),
        streams_topologies(
            {"group": "s", "source_topics": ("in",), "changelog_topics": ("s-store-changelog",)}
        ),
    )

    made = group_page(given, "s")

    assert made.generation == 7
    assert made.subtopologies[0].source_topics == ("in",)
    assert made.subtopologies[0].internal_topics == ("s-store-changelog",)


def test_connect_workers_have_no_lag_but_a_page():
    given = snapshot(
        commits({}),
        offsets({}),
        groups({"group": "connect", "protocol_type": "connect"}),
        members({"group": "connect", "member_id": "w", "assignment": None}),
        generation_history(
            {"group": "connect", "members": (past_member("w"),), "written_at": ago(60)}
        ),
        commit_history({}),
        member_history(),
    )

    made = group_page(given, "connect")

    assert made.topics == ()
    assert [each.client_id for each in made.members] == ["app"]
    assert len(made.timeline.rebalances) == 1


def test_one_group_must_fit_and_a_pattern_may_name_it():
    assert group_page(lagging(), "sl*").group == SLOW
    with pytest.raises(UsageError, match=r"'\*' fits 2 groups"):
        group_page(lagging(), "*")
    with pytest.raises(UsageError, match="no group 'x'"):
        group_page(lagging(), "x")


@pytest.mark.parametrize("kind", [Groups, Members, GenerationHistory, MemberHistory])
def test_what_is_missing_costs_its_part_of_the_page(kind):
    made = group_page(without(lagging(*remembered()), kind), SLOW)

    assert made.topics[0].lag_records == 1800
    assert made.unread
