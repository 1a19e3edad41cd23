import importlib.resources
import json

import pytest

from kdiag.pages.changes import changes
from kdiag.pages.group import group_page
from kdiag.pages.lag import LagRow, Wanted, lag_page
from kdiag.render import group_json, group_text, lag_json, lag_text, lag_words
from kdiag.sections import Commits, Groups, Members
from kdiag.snapshot import Missing
from tests.pages.snapshots import SLOW, lagging, remembered, replaced, snapshot, without
from tests.render.schema import faults
from tests.tables import commits, groups, history_reach, members, offsets

PAST = (*remembered(), history_reach(600))


def schema(name):
    return json.loads(
        (importlib.resources.files("kdiag.render") / f"{name}.schema.json").read_text()
    )


def lag(given=None, **wanted):
    return lag_page(given or lagging(*PAST), Wanted(**wanted))


def test_the_table_says_who_is_behind_how_far_how_fast_and_why():
    text = lag_text.render(lag())

    title, slow, even, *_ = text.splitlines()
    assert title.split() == [
        "GROUP",
        "TOPIC",
        "LAG",
        "BEHIND",
        "IN/S",
        "OUT/S",
        "MEMBERS",
        "VERDICT",
    ]
    assert "slow   orders  1,800  1 min\u20132 min" in slow
    assert "slow-consumer" in slow
    assert even.split()[:5] == ["even", "clicks", "0", "0", "s"]
    assert "2 groups on cluster xk5K0V3TQbW5" in text


def test_partitions_have_their_offsets_and_their_member():
    text = lag_text.render(lag(group=SLOW, by_partition=True))

    assert "slow   orders  0      1,000  1,900  900" in text
    assert "app 10.1.0.1" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_gets_no_line_that_is_too_wide(width):
    for wanted in ({}, {"by_partition": True}):
        lines = lag_text.render(lag(**wanted), width).splitlines()
        assert max(map(len, lines)) <= width
    assert "No room for" in lag_text.render(lag(by_partition=True), 60)


def test_what_could_not_be_read_is_said_in_the_last_line():
    text = lag_text.render(lag(snapshot(*lagging(*PAST).sections.values())), 200)

    assert text.splitlines()[-1] == (
        "Not read: rates, verdicts (only one sample was taken; needs --sample-seconds)."
    )
    assert "?" in text.splitlines()[1]


def test_an_empty_table_never_passes_as_no_lag():
    empty = lag_text.render(lag(without(lagging(), Commits)))
    partly = lag(replaced(lagging(), Groups=groups(errors={"broker 2": Missing("timed out")})))

    assert "in what could be read" in empty
    assert "Not read: " in empty
    assert "Not read: groups of broker 2 (timed out)" in lag_text.render(partly)
    assert lag_text.render(lag(topic="x")).startswith(
        "No committed offset and no owned partition for topic x.\n"
    )
    assert lag_text.render(lag(min_lag_records=5000)).startswith(
        "No row has a lag of 5,000 records or more.\n"
    )


def test_names_cannot_move_the_cursor():
    odd = "a\x1b[2J\nb"
    given = snapshot(
        commits({(odd, odd, 0): 1}),
        offsets({(odd, 0): 5}),
        groups({"group": odd}),
        members({"group": odd, "member_id": odd, "client_id": odd, "assignment": ((odd, 0),)}),
    )

    for text in (
        lag_text.render(lag(given), changed=changes(lag(), lag(given))),
        lag_text.render(lag(given, by_partition=True)),
        group_text.render(group_page(given, odd)),
    ):
        assert "\x1b" not in text
        assert "a\\x1b[2J b" in text


def test_what_changed_is_a_column_and_what_is_gone_a_line():
    now = lag(
        replaced(
            lagging(*PAST), Commits=commits({(SLOW, "orders", 0): 1100, ("n", "orders", 0): 1})
        )
    )

    text = lag_text.render(now, changed=changes(lag(), now))

    assert "+/-" in text
    assert " -1,000 " in text
    assert " new " in text
    assert "Gone: even on clicks." in text


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [
        (None, None, "?"),
        (0, 0, "0 s"),
        (0, 30, "<30 s"),
        (0, None, "?"),
        (30, 40, "30 s\u201340 s"),
        (7200, 7201, "2 h"),
        (3600, None, ">1 h"),
    ],
)
def test_an_age_is_as_exact_as_it_is_known(least, most, said):
    row = LagRow(group="g", topic="t", lag_seconds_at_least=least, lag_seconds_at_most=most)

    assert lag_words.seconds(row) == said


def test_a_verdict_says_what_comes_next_and_what_is_not_sure():
    drains = LagRow(group="g", topic="t", verdict="moving", drain_seconds=90)
    loses = LagRow(
        group="g", topic="t", verdict="slow-consumer", confidence="likely", lost_in_seconds=7200
    )

    assert lag_words.verdict(drains) == "moving, drained in 1 min 30 s"
    assert lag_words.verdict(loses) == "slow-consumer (likely), loses records in 2 h"
    part = LagRow(group="g", topic="t", lag_records=5, partitions=2, partitions_unknown=1)
    assert lag_words.lag(part) == "\u22655"


def test_the_lag_document_is_as_its_schema_says():
    described = schema("lag")
    now = lag(replaced(lagging(*PAST), Commits=commits({(SLOW, "orders", 0): 1100})))

    for made in (
        lag_json.document(lag()),
        lag_json.document(lag(by_partition=True)),
        lag_json.document(lag(without(lagging(), Members, Groups))),
        lag_json.document(now, changes(lag(), now)),
    ):
        assert (
            list(faults(json.loads(json.dumps(made, allow_nan=False)), described, described)) == []
        )


def test_the_group_document_is_as_its_schema_says():
    described = schema("group")
    page, bare = group_page(lagging(*PAST), SLOW), group_page(without(lagging(), Members), SLOW)

    for made in (
        group_json.document(page),
        group_json.document(bare),
        group_json.document(page, changes(page, page)),
    ):
        assert (
            list(faults(json.loads(json.dumps(made, allow_nan=False)), described, described)) == []
        )
    assert described["$defs"]["row"] == schema("lag")["$defs"]["row"]


def test_the_page_of_a_group_has_members_topics_and_the_past_with_its_reach():
    text = group_text.render(group_page(lagging(*PAST), SLOW))

    assert text.startswith("group slow  classic (consumer)  Stable  1 member\n")
    assert "generation 3  coordinator broker 1 (10.0.0.1:9092)" in text
    assert "orders 0-1" in text
    assert "Timeline  Complete since 2026-03-01 11:50:00 UTC (10 min)" in text
    assert "rebalanced to generation 3: 1 member, settled in 2 s; left app 10.1.0.2" in text
    assert "rebalanced to generation 2: 2 members, settled in 2 s; joined app 10.1.0.2" in text
    assert " records further; lag then " in text


def test_members_are_told_apart_by_short_ids_and_ranges_of_partitions():
    assert group_text.short("worker-74ca4dd0-1c99-441e", "worker") == "74ca4dd0-1c9"
    assert group_text.short("auCGNFSISFKOxyz", "app") == "auCGNFSISFKO"
    owned = [("t", 0), ("t", 1), ("t", 2), ("t", 5), ("u", 3)]
    assert group_text.partitions(owned) == "t 0-2,5  u 3"
    assert group_text.partitions(()) == "none"
    assert group_text.partitions(None) == "?"
