"""Bounds of the age of the first unread record, from end offsets of the past."""

import math

import pandas
import pytest

from kdiag.analysis.unread_ages import unread_ages
from tests.tables import end_offset_history

PAST = end_offset_history(
    {
        ("a", 0, 30.0): 100,
        ("a", 0, 600.0): 80,
        ("a", 0, 3600.0): 60,
        ("b", 0, 60.0): 5,
    }
)


def found(*readers, lately_seconds=math.inf):
    """Return (at least, at most, is written) for each reader: topic, unread offset, end."""
    rows = pandas.DataFrame(list(readers), columns=["topic", "offset", "end_offset"])
    rows = rows.astype({"offset": "Int64", "end_offset": "Int64"}).assign(partition=0)
    rows.index = [f"reader {n}" for n in range(len(rows))]
    ages = unread_ages(rows, PAST, "offset", lately_seconds)
    assert list(ages.index) == list(rows.index)
    return [tuple(None if value != value else value for value in row) for row in ages.to_numpy()]


@pytest.mark.parametrize(
    ("offset", "bounds"),
    [
        (100, (None, 30)),
        (99, (30, 600)),
        (80, (30, 600)),
        (79, (600, 3600)),
        (10, (3600, None)),
    ],
)
def test_the_age_is_between_two_times(offset, bounds):
    [(at_least, at_most, _)] = found(("a", offset, 100))

    assert (at_least, at_most) == bounds


def test_each_reader_is_judged_by_its_own_log():
    assert found(("b", 0, 5), ("a", 79, 120), ("c", 0, 9), ("b", 5, 9)) == [
        (60, None, False),
        (600, 3600, True),
        (None, None, False),
        (None, 60, True),
    ]


def test_only_what_was_written_lately_counts():
    assert found(("a", 0, 100), lately_seconds=600)[0][2]
    assert not found(("a", 0, 100), lately_seconds=30)[0][2]


def test_nobody_reads():
    assert found() == []
