"""How fast volumes fill up, where somebody stored what was free.

What is used goes up and down: retention deletes whole segments, batches come and go. So a rate is
the median of the slopes between all pairs of points (Theil, 1950; Sen, 1968), which steps do not
move; it is only told where more is used now than ever in the older half of its window; and the
window is a week, but for what goes far beyond all that the week has seen. What is used, not what is
free, is looked at: a volume that was enlarged has more free and as much used.
"""

from collections.abc import Iterator
from typing import Any

from kdiag.analysis.volumes import Volumes
from kdiag.check import derive
from kdiag.sections import DiskHistory
from kdiag.snapshot import Table

REACH_RATIO = 10.0
"""How many times its own window a rate is believed for."""

_WINDOWS_SECONDS = (3600.0, 21600.0, 604800.0)
_LEAST_POINTS, _MOST_POINTS, _LEAST_SECONDS = 8, 100, 600.0
_BEYOND_RATIO = 0.25  # of the ups and downs before


class VolumeFill(Table):
    """One row a volume that fills up; broker and path as in Volumes.

    filled_bytes_per_second: over the last over_seconds. full_in_seconds: until nothing is left at
    that rate, where that is no more than REACH_RATIO times the window ahead.
    """

    noun = "volumes that fill up"
    needs_rows = False
    columns = {
        "broker": "int",
        "path": "str",
        "filled_bytes_per_second": "float",
        "over_seconds": "float",
        "full_in_seconds": "float",
    }


@derive()
def volume_fill(volumes: Volumes, history: DiskHistory) -> VolumeFill:
    """Tell the rate of each volume whose past is known."""
    used = history.rows["total_bytes"] - history.rows["usable_bytes"]
    age = (history.read_at - history.rows["at"]).dt.total_seconds()
    past = history.rows[["broker", "path"]].assign(used=used.astype("float64"), age=age)
    by_place = dict(list(past.groupby(["broker", "path"])))
    rows = []
    for row in volumes.rows.itertuples():
        points = by_place.get((row.broker, row.path))
        if points is not None:
            rows += list(_filling(row, points.sort_values("age")))
    return VolumeFill.from_rows(rows)


def _filling(row: Any, points: Any) -> Iterator[dict[str, Any]]:
    """Yield the rate over the shortest window that shows something new, where it fills up."""
    age, used = points["age"].to_numpy(), points["used"].to_numpy()
    is_in = age <= next(each for each in _WINDOWS_SECONDS if _is_new(row, used[age > each]))
    age, used = _thinned(age[is_in], used[is_in])
    if len(age) < _LEAST_POINTS or age[-1] - age[0] < _LEAST_SECONDS:
        return
    if row.used_bytes <= used[age > age[-1] / 2].max():
        return
    rate, over = _slope(-age, used), float(age[-1])
    if rate * REACH_RATIO * over >= row.usable_bytes:
        yield {
            "broker": row.broker,
            "path": row.path,
            "filled_bytes_per_second": rate,
            "over_seconds": over,
            "full_in_seconds": row.usable_bytes / rate,
        }


def _is_new(row: Any, before: Any) -> bool:
    """Tell whether far more is used now than before; nothing is before the longest window."""
    if not len(before):
        return True
    most, least = before.max(), before.min()
    return bool(row.used_bytes > most + _BEYOND_RATIO * (most - least))


def _thinned(age: Any, used: Any) -> tuple[Any, Any]:
    """Return points that are about equally far apart: the week has more of its last hours."""
    apart, kept = (age[-1] - age[0]) / _MOST_POINTS, [0]
    for place, each in enumerate(age):
        if each - age[kept[-1]] >= apart:
            kept.append(place)
    return age[kept], used[kept]


def _slope(at: Any, values: Any) -> float:
    """Return the median slope between all pairs of points."""
    import numpy as np

    one, other = np.triu_indices(len(at), k=1)
    return float(np.median((values[one] - values[other]) / (at[one] - at[other])))
