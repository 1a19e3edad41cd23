"""A second sample is taken where the first one leaves a question open, and only there."""

import pytest

from kdiag.collect.undecided import undecided
from tests.lag_scenes import Part, Scene
from tests.tables import commits, groups, members, offsets, share_offsets

FINE = Part(lag=20)


def question(*sections):
    held = {type(section): section for section in sections}
    return undecided(held, frozenset(held))


def one(committed, start=0):
    return [commits({("app", "orders", 0): committed}), offsets({("orders", 0): 900}, start=start)]


def test_nothing_is_open_where_all_is_well():
    assert question(*Scene([FINE] * 3).now()) is None


def test_an_old_backlog_is_open():
    assert question(*Scene([Part(lag=6_000)] * 3).now()) == "growing lag from falling"


@pytest.mark.parametrize("outside", [one(1_000), one(100, start=300)])
def test_commits_outside_of_their_log_are_open(outside):
    assert question(*outside) == "whether commits outside of the log stand"


def test_a_commit_at_the_end_of_an_emptied_log_is_not():
    assert question(*one(900, start=900)) is None


def test_partitions_without_an_owner_are_open():
    scene = Scene([Part(owner=None, writes=0, reads=0), FINE, FINE])

    assert question(*scene.now()) == "whether partitions without an owner get one"


def test_members_that_are_not_decoded_say_nothing():
    team = members({"group": "app", "member_id": "a", "subscription": None, "assignment": None})

    assert question(*one(880), team) is None


def test_a_rebalance_is_open():
    state = groups({"group": "app", "state": "PreparingRebalance"})

    assert question(state) == "whether rebalances end"


def test_share_groups_without_lag_are_not():
    shared = share_offsets({("jobs", "orders", 0): (900, 0)})

    assert question(shared, offsets({("orders", 0): 900})) is None


def test_whether_a_mirror_moves_is_open():
    assert question(offsets({("A.heartbeats", 0): 9})) == "whether heartbeats of mirrors come"


def test_what_no_check_compares_is_not():
    held = {type(section): section for section in Scene([Part(lag=6_000)] * 3).now()}

    assert undecided(held, frozenset()) is None
