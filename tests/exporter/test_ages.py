from datetime import timedelta

import pytest

from kdiag.exporter.ages import MOST, EndOffsetLog
from tests.tables import NOW, ago

LOG = ("orders", 0)
NO_ANCHOR = ([float("nan")], [float("nan")])


def seen(*samples):
    """Samples as (seconds ago, end offset)."""
    log = EndOffsetLog()
    for seconds, end in samples:
        log.add(ago(seconds), {LOG: end})
    return log


def age(log, offset, anchor=NO_ANCHOR, of=LOG):
    [found] = log.ages([of], [offset], *anchor)
    return found


def test_a_record_came_between_the_samples_around_its_offset():
    log = seen((60, 0), (30, 100), (0, 200))

    assert age(log, 100) == pytest.approx(30)
    assert age(log, 150) == pytest.approx(15)
    assert age(log, 10) == pytest.approx(57)


def test_at_the_end_nothing_is_unread():
    assert age(seen((30, 100), (0, 100)), 100) == 0
    assert age(seen((0, 100)), 120) == 0


def test_a_backlog_older_than_all_samples_is_at_least_so_old():
    assert age(seen((60, 50), (0, 200)), 20) == pytest.approx(60)


def test_one_sample_tells_nothing_of_a_backlog():
    assert age(seen((0, 200)), 20) != age(seen((0, 200)), 20)


def test_an_anchor_tells_when_the_record_at_an_offset_came():
    anchor = ([20.0], [ago(3600).timestamp()])

    assert age(seen((0, 200)), 20, anchor) == pytest.approx(3600)
    assert age(seen((60, 120), (0, 200)), 70, anchor) == pytest.approx(1830)
    assert age(seen((60, 120), (0, 200)), 160, anchor) == pytest.approx(30)


def test_an_anchor_above_the_offset_is_none():
    anchor = ([40.0], [ago(3600).timestamp()])

    assert age(seen((60, 120), (0, 200)), 20, anchor) == pytest.approx(60)


def test_a_topic_that_was_made_anew_has_no_past():
    log = seen((120, 900), (60, 1000), (30, 0), (0, 40))

    assert age(log, 20) == pytest.approx(15)
    assert age(log, 0) == pytest.approx(30)


def test_a_partition_that_no_sample_has_is_not_known():
    found = age(seen((30, 10), (0, 20)), 5, of=("other", 0))

    assert found != found


def test_a_sample_that_lacks_a_partition_is_passed_over():
    log = EndOffsetLog()
    log.add(ago(60), {LOG: 100, ("other", 0): 5})
    log.add(ago(30), {("other", 0): 6})
    log.add(ago(0), {LOG: 200, ("other", 0): 7})

    assert age(log, 150) == pytest.approx(30)


def test_samples_are_bounded_and_reach_far_back():
    log, period = EndOffsetLog(), 30
    count = 4 * 3600 // period
    for number in range(count):
        log.add(NOW + timedelta(seconds=number * period), {LOG: number * 100})

    assert len(log._at) == MOST
    assert age(log, (count - 1) * 100 - 50) == pytest.approx(period / 2)
    assert age(log, 100) == pytest.approx((count - 2) * period, rel=0.05)
    middle = count * 50
    assert age(log, middle) == pytest.approx((count - 1) * period / 2, rel=0.05)


def test_partitions_that_are_gone_leave_nothing_behind():
    log = EndOffsetLog()
    log.add(ago(60), {LOG: 100, **{(f"old-{n}", 0): n for n in range(500)}})
    log.add(ago(0), {LOG: 200, ("new", 0): 3})

    assert len(log._slots) == 2
    assert age(log, 150) == pytest.approx(30)


def test_a_clock_that_is_set_back_leaves_no_sample_of_the_future():
    log = seen((60, 100), (30, 200), (90, 300), (80, 400))

    assert age(log, 350) == pytest.approx(5)
    assert age(log, 400) == 0
    assert age(log, 50) == pytest.approx(10)
