"""What was written before, by the times of records."""

from kdiag.analysis.topic_input import topic_input
from tests.tables import end_offset_history, offsets

LOG = ("orders", 0)
YEAR = 365 * 86400.0


def found(ends, *, start=0, end=1000):
    past = end_offset_history({(*LOG, age): then for age, then in ends.items()})
    return topic_input(past, offsets({LOG: end}, start=start)).rows


def test_the_baseline_is_what_was_written_before_the_last_minute():
    [row] = found({30.0: 900, 100.0: 700, 200.0: 600, 400.0: 400}).itertuples()

    assert row.baseline_per_second == 1.0


def test_records_that_are_stamped_before_kafka_was_tell_no_rate():
    """Seconds in place of milliseconds: by the stamps nothing was written for half a century."""
    assert found({30.0: 1000, 600.0: 1000, 20 * YEAR: 1000}).empty


def test_a_log_without_such_records_is_told_though_the_search_went_back_that_far():
    assert len(found({30.0: 900, 600.0: 500, 20 * YEAR: 50}, start=50)) == 1
