"""How fast volumes fill up, and what looks like it."""

import random

import pytest

from kdiag.analysis.volume_fill import VolumeFill
from kdiag.sections import DiskHistory
from kdiag.snapshot import Snapshot
from kdiag.view import View
from tests.tables import GIB, NOW, ago, log_dirs

HOUR, DAY = 3600, 86400
_EVERY = [(7200, 7 * DAY), (300, 6 * HOUR), (60, HOUR)]


def filling(used_at, total_at=lambda age: 100, since_seconds=7 * DAY):
    """Return the rows for a volume of which so many GiB were used at an age, as Prometheus has."""
    ages = {step * n for step, reach in _EVERY for n in range(reach // step + 1)}
    known = sorted(age for age in ages if age <= since_seconds)
    rows = [
        {
            "broker": 1,
            "path": "/data",
            "at": ago(age),
            "total_bytes": int(total_at(age) * GIB),
            "usable_bytes": int((total_at(age) - used_at(age)) * GIB),
        }
        for age in known
    ]
    total = int(total_at(0) * GIB)
    now = log_dirs({"broker": 1, "total_bytes": total, "usable_bytes": rows[0]["usable_bytes"]})
    past = DiskHistory.from_rows(rows, read_at=NOW)
    view = View(Snapshot(taken_at=NOW, sections={type(now): now, DiskHistory: past}))
    return view.get(VolumeFill).rows.to_dict("records")


def test_a_steady_growth_is_that_of_the_week():
    [row] = filling(lambda age: 90 - 2 * age / DAY)

    assert row["over_seconds"] == 7 * DAY
    assert row["filled_bytes_per_second"] == pytest.approx(2 * GIB / DAY, rel=0.01)
    assert row["full_in_seconds"] == pytest.approx(5 * DAY, rel=0.01)


def test_what_goes_far_beyond_the_week_is_that_of_the_last_hour():
    [row] = filling(lambda age: 60 + max(0, HOUR - age) / HOUR * 20)

    assert row["over_seconds"] == HOUR
    assert row["full_in_seconds"] == pytest.approx(HOUR, rel=0.05)


@pytest.mark.parametrize("period", [300, HOUR, 5 * HOUR, DAY, 3 * DAY, 7 * DAY])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.99])
def test_a_saw_tooth_does_not_fill_a_volume(period, part):
    dice = random.Random(7)  # noqa: S311 - no secret

    def used(age):
        rising = (part - age / period) % 1
        return 70 + 15 * rising + dice.random() * 0.2

    assert filling(used) == []


def test_a_volume_that_was_enlarged_fills_as_before():
    [row] = filling(lambda age: 90 - 2 * age / DAY, lambda age: 100 if age > DAY else 110)

    assert row["filled_bytes_per_second"] == pytest.approx(2 * GIB / DAY, rel=0.01)
    assert row["full_in_seconds"] == pytest.approx(10 * DAY, rel=0.01)


def test_a_step_is_no_rate():
    assert filling(lambda age: 85 if age < 2 * DAY else 60) == []


def test_a_volume_that_empties_is_not_filling():
    assert filling(lambda age: 80 + age / DAY) == []


def test_a_rate_is_not_believed_far_beyond_what_was_seen():
    assert filling(lambda age: 50 - age / HOUR * 0.1, since_seconds=HOUR) == []
    [row] = filling(lambda age: 85 - age / HOUR * 3, since_seconds=HOUR)
    assert row["full_in_seconds"] == pytest.approx(5 * HOUR, rel=0.01)


def test_some_minutes_are_too_short():
    assert filling(lambda age: 90 - age / HOUR * 9, since_seconds=500) == []


def test_a_volume_without_a_past_is_left_alone():
    now = log_dirs({"broker": 2})
    past = DiskHistory.of(read_at=NOW)
    view = View(Snapshot(taken_at=NOW, sections={type(now): now, DiskHistory: past}))

    assert len(view.get(VolumeFill)) == 0
