"""Times of unread records that brokers told: what is kept of a diagnosis, and for whom."""

import pandas
import pytest

from kdiag.exporter.anchors import Anchors
from tests.exporter.scenes import snapshot
from tests.tables import NOW, commits, end_offset_history, offsets

ID = ["group", "topic", "partition"]
BEHIND = ("billing", "orders", 0)
UP_TO_DATE = ("nightly", "orders", 0)


def anchors():
    """Return those of a group that is behind since 600 to 1800 s, out of one sample."""
    ends = {30: 100, 600: 80, 1800: 60}
    past = end_offset_history({("orders", 0, age): end for age, end in ends.items()})
    held = [commits({BEHIND: 70, UP_TO_DATE: 100}), offsets({("orders", 0): 100}, start=10), past]
    return Anchors.of(snapshot(held))


def on(*keys):
    rows = pandas.DataFrame(list(keys), columns=ID).astype({"partition": "Int64"})
    return [column.tolist() for column in anchors().on(rows)]


def test_one_sample_tells_when_an_old_backlog_began():
    [offset], [at] = on(BEHIND)

    assert offset == 70
    assert NOW.timestamp() - at == pytest.approx(1200)


def test_rows_keep_their_order_and_those_without_an_anchor_have_none():
    offset, at = on(("other", "orders", 0), BEHIND, UP_TO_DATE)

    assert [value == value for value in offset] == [False, True, False]
    assert [value == value for value in at] == [False, True, False]


def test_without_the_past_there_is_none():
    rows = pandas.DataFrame([BEHIND], columns=ID)

    offset, at = Anchors.of(snapshot()).on(rows)

    assert offset[0] != offset[0]
    assert at[0] != at[0]


def test_stamps_from_before_kafka_was_are_no_anchor():
    rows = pandas.DataFrame([BEHIND], columns=ID).astype({"partition": "Int64"})
    ends = {30: 100, 600: 100, 50 * 365 * 86400: 100, 60 * 365 * 86400: 10}
    past = end_offset_history({("orders", 0, age): end for age, end in ends.items()})
    held = [commits({BEHIND: 70}), offsets({("orders", 0): 100}, start=10), past]

    _, at = Anchors.of(snapshot(held)).on(rows)

    assert at[0] != at[0]
