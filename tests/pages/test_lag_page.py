import pytest

from kdiag.errors import UsageError
from kdiag.pages.changes import changes
from kdiag.pages.lag import SECTIONS, Wanted, lag_page
from kdiag.plan import plan_for
from kdiag.sections import Commits, Groups, Members, Offsets, TopicConfigs
from kdiag.snapshot import Missing
from tests.pages.snapshots import EVEN, SLOW, lagging, remembered, replaced, snapshot, without
from tests.tables import commits, groups, members, offsets, share_offsets


def page(given, **wanted):
    return lag_page(given, Wanted(**wanted))


def only(given, **wanted):
    [row] = page(given, **wanted).rows
    return row


def test_a_topic_has_the_sum_and_the_bounds_of_its_worst_partition():
    row = only(lagging(), topic="orders")

    assert (row.group, row.topic, row.partition) == (SLOW, "orders", None)
    assert (row.lag_records, row.partitions, row.partitions_unknown) == (1800, 2, 0)
    assert (row.lag_seconds_at_least, row.lag_seconds_at_most) == (60, 120)
    assert row.produced_records_per_second == pytest.approx(20)
    assert row.consumed_records_per_second == pytest.approx(4)
    assert (row.over_seconds, row.rates_from) == (5, "samples")
    assert (row.members, row.state, row.type) == (1, "Stable", "classic")
    assert row.lost_in_seconds > 0
    assert row.drain_seconds is None


def test_history_makes_the_window_of_the_rates_longer():
    row = only(lagging(*remembered()), topic="orders")

    assert row.rates_from == "history"
    assert row.consumed_records_per_second == pytest.approx(2, rel=0.2)
    assert row.verdict == "slow-consumer"


def test_a_bound_that_one_partition_lacks_the_topic_lacks():
    given = lagging()
    offsets_ = given.sections[Commits].rows
    offsets_.loc[0, "committed_offset"] = 0  # older than was asked for: below all known ends
    row = only(given, topic="orders", by_partition=False)

    assert row.lag_seconds_at_least == 300
    assert row.lag_seconds_at_most is None


def test_no_eta_where_one_of_two_old_backlogs_does_not_drain():
    given = lagging()
    given.earlier.sections[Commits].rows.loc[0, "committed_offset"] = 500
    by_partition = page(given, topic="orders", by_partition=True).rows

    assert sorted(row.drain_seconds is None for row in by_partition) == [False, True]
    assert only(given, topic="orders").drain_seconds is None


def test_what_is_caught_up_has_no_forecast_and_lag_0_s():
    row = only(lagging(), group=EVEN)

    assert row.verdict == "caught-up"
    assert (row.lag_records, row.lag_seconds_at_least, row.lag_seconds_at_most) == (0, 0, 0)
    assert row.lost_in_seconds is row.drain_seconds is None


def test_a_partition_row_has_its_offsets_and_its_member():
    rows = page(lagging(), group=SLOW, by_partition=True).rows

    assert [row.partition for row in rows] == [0, 1]
    assert (rows[0].committed_offset, rows[0].end_offset) == (1000, 1900)
    assert [own.member_id for own in rows[0].owners] == ["app-1"]
    assert rows[0].verdict == only(lagging(), group=SLOW).verdict


def test_the_longest_behind_comes_first_and_what_is_not_known_before_what_has_none():
    given = snapshot(
        commits({("a", "t", 0): 5, ("b", "t", 0): 1, ("c", "u", 0): 1}),
        offsets({("t", 0): 5}),
        groups({"group": "a"}, {"group": "b"}, {"group": "c"}),
    )

    assert [row.group for row in page(given).rows] == ["b", "c", "a"]
    assert [row.group for row in page(given, order="name").rows] == ["a", "b", "c"]
    assert [row.group for row in page(given, order="lag").rows] == ["b", "c", "a"]


def test_min_lag_keeps_what_is_not_known_and_the_limit_says_what_it_leaves_out():
    given = snapshot(
        commits({("a", "t", 0): 5, ("b", "t", 0): 1, ("c", "u", 0): 1}),
        offsets({("t", 0): 5}),
        groups({"group": "a"}, {"group": "b"}, {"group": "c"}),
    )

    assert [row.group for row in page(given, min_lag_records=1).rows] == ["b", "c"]
    limited = page(given, limit=1)
    assert (len(limited.rows), limited.left_out) == (1, 2)
    assert not limited.is_complete


def test_one_sample_still_tells_the_lag_in_records():
    given = lagging()
    alone = snapshot(*given.sections.values())

    made = page(alone, topic="orders")

    assert made.rows[0].lag_records == 1800
    assert made.rows[0].verdict is None
    assert made.is_complete
    assert [(gap.reason, gap.needs) for gap in made.unread if "rates" in gap.what] == [
        ("only one sample was taken", "--sample-seconds")
    ]


@pytest.mark.parametrize("kind", [Groups, Commits, Offsets])
def test_without_groups_or_offsets_the_page_is_not_complete_and_says_so(kind):
    made = page(without(lagging(), kind))

    assert not made.is_complete
    assert made.unread


@pytest.mark.parametrize("kind", [Members, TopicConfigs])
def test_without_what_only_refines_the_rows_stand(kind):
    made = page(without(lagging(), kind), topic="orders")

    assert made.rows[0].lag_records == 1800
    assert made.is_complete
    assert any(gap.reason == "it was not asked for" for gap in made.unread)


def test_a_missing_part_of_the_groups_makes_the_page_incomplete_but_not_that_of_a_found_group():
    error = {"__consumer_offsets-3": Missing("it has no leader")}
    given = replaced(lagging(), Groups=groups({"group": SLOW}, errors=error))

    assert not page(given).is_complete
    assert page(given, group=SLOW).is_complete
    assert page(given, group="nobody").rows == ()
    assert not page(given, group="nobody").is_complete


def test_names_are_taken_as_they_are_before_they_are_patterns():
    given = snapshot(
        commits({("a[1]", "t", 0): 5, ("a1", "t", 0): 1}),
        offsets({("t", 0): 5}),
        groups({"group": "a[1]"}, {"group": "a1"}),
    )

    assert [row.group for row in page(given, group="a[1]").rows] == ["a[1]"]
    assert {row.group for row in page(given, group="a*").rows} == {"a[1]", "a1"}


def test_a_group_that_does_not_exist_is_an_error_that_names_similar_ones_safely():
    given = replaced(lagging(), Groups=groups({"group": SLOW}, {"group": "slow\x1b[2J"}))

    with pytest.raises(UsageError, match=r"no group 'slwo'.*'slow'") as caught:
        page(given, group="slwo")
    assert "\x1b" not in str(caught.value)


def test_share_groups_are_rows_like_others_and_their_lack_counts_only_where_there_are_any():
    shared = share_offsets({("jobs", "t", 0): (40, 12)})
    given = (commits({}), offsets({("t", 0): 100}), groups({"group": "jobs", "type": "share"}))

    row = only(snapshot(*given, shared, members()))
    assert (row.group, row.type, row.lag_records) == ("jobs", "share", 12)
    assert not page(snapshot(*given, members())).is_complete


def test_changes_are_new_gone_and_by_how_much():
    before = page(lagging())
    given = lagging()
    moved = {(SLOW, "orders", 0): 1100, (SLOW, "orders", 1): 1000, ("fresh", "orders", 0): 1900}
    now = page(replaced(given, Commits=commits(moved)))

    found = changes(before, now)

    assert found.deltas[SLOW, "orders", None] == -100
    assert found.new == {("fresh", "orders", None)}
    assert found.gone == ((EVEN, "clicks", None),)


def test_what_an_incomplete_page_lacks_is_not_gone():
    before, now = page(lagging()), page(without(lagging(), Commits))

    assert changes(before, now).gone == ()
    assert changes(now, before).new == frozenset()


def test_the_plan_reads_what_stands_behind_the_page():
    plan = plan_for(SECTIONS)

    assert {Groups, Members, Commits, Offsets, TopicConfigs} <= plan.sections
    assert Commits in plan.twice
    assert "retention.ms" in plan.topic_configs


def test_no_groups_is_an_empty_and_complete_page():
    made = page(snapshot(commits({}), offsets({}), groups(), members()))

    assert made.rows == ()
    assert made.is_complete
