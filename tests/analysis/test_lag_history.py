"""Positions of the past, from commits and from samples."""

import pytest

from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.lag_history import LagHistory
from kdiag.sections import EarlierSamples
from kdiag.snapshot import Snapshot
from kdiag.view import View
from tests.tables import (
    NOW,
    ago,
    commit_history,
    commits,
    end_offset_history,
    groups,
    history_reach,
    members,
    offsets,
    topics,
)

PLACE = ("app", "orders", 0)


def sample(age, committed, end, source="prometheus"):
    return {
        "group": "app",
        "topic": "orders",
        "partition": 0,
        "at": ago(age),
        "committed_offset": committed,
        "end_offset": end,
        "source": source,
    }


def view(*rows, past=None, commits_then=None):
    sections = [
        commits({PLACE: 100}),
        offsets({("orders", 0): 1000}),
        EarlierSamples.from_rows(rows, read_at=NOW),
    ]
    if past is not None:
        sections += [
            end_offset_history(past),
            commit_history({PLACE: commits_then}),
            history_reach(),
            groups({"group": "app"}),
            members(),
            topics({"topic": "orders"}, {"topic": "__consumer_offsets", "partition_count": 1}),
        ]
    before = (commits({PLACE: 100}, at=ago(5)), offsets({("orders", 0): 995}, at=ago(5)))
    earlier = Snapshot(taken_at=ago(5), sections={type(each): each for each in before})
    held = {type(each): each for each in sections}
    return View(Snapshot(taken_at=NOW, sections=held, earlier=earlier))


def test_what_prometheus_told_is_history_of_its_own_name():
    told = view(sample(310, 40, 500), sample(3600, 10, 100, "state"), sample(7200, 0, 50, None))

    rows = told.get(LagHistory).rows

    assert list(rows["source"]) == ["prometheus", "state", "state"]
    assert list(rows["lag_records"]) == [460, 90, 50]


def test_rates_of_an_unknown_rhythm_are_over_five_minutes():
    told = view(sample(65, 90, 900), sample(310, 40, 500), sample(3600, 10, 100))

    [row] = told.get(PartitionLag).rows.to_dict("records")

    assert row["rates_from"] == "prometheus"
    assert row["over_seconds"] == 310
    assert row["consumed_per_second"] == pytest.approx(60 / 310)
    assert row["produced_per_second"] == pytest.approx(500 / 310)


def test_a_time_that_commits_tell_counts_once():
    told = view(
        sample(60, 88, 900),
        past={("orders", 0, 60): 900},
        commits_then=[(300, 50), (70, 90), (10, 100)],
    )

    [row] = told.get(LagHistory).rows.to_dict("records")

    assert (row["source"], row["committed_offset"]) == ("history", 90)


def test_a_sample_fills_the_time_before_the_first_commit_that_is_known():
    told = view(
        sample(600, 20, 300), past={("orders", 0, 600): 300}, commits_then=[(70, 90), (10, 100)]
    )

    [row] = told.get(LagHistory).rows.to_dict("records")

    assert (row["source"], row["committed_offset"], row["lag_records"]) == ("prometheus", 20, 280)


def test_stamps_before_kafka_was_tell_no_ends_of_the_past():
    """Seconds in place of milliseconds: by the stamps nothing was written for half a century."""
    then = {("orders", 0, 60): 1000, ("orders", 0, 20 * 365 * 86400): 1000}
    wrong = view(past=then, commits_then=[(300, 50), (70, 90), (10, 100)])
    right = view(
        past=then | {("orders", 0, 20 * 365 * 86400): 0},
        commits_then=[(300, 50), (70, 90), (10, 100)],
    )

    assert wrong.get(LagHistory).rows.empty
    assert wrong.get(PartitionLag).rows["rates_from"].tolist() == ["samples"]
    assert not right.get(LagHistory).rows.empty
