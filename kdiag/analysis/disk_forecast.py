"""When a volume will be full: what is written to it, against what retention takes away.

Each replica grows by its records a second until retention holds it; what else is on the volume
stays as it is. So a volume fills ever slower, and many never do. Low and high are the rates of
PartitionGrowth; a forecast is as good as the assumption that they last.
"""

from typing import Any

from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.analysis.volumes import Volumes, by_volume
from kdiag.check import derive
from kdiag.sections import Replicas
from kdiag.snapshot import Table

DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 75, 90)
"""For which days ahead there is a forecast."""

_DAY = 86400.0


class DiskForecast(Table):
    """One row a volume (see Volumes) and day.

    low_bytes, high_bytes: in use then. unknown_bytes: of replicas whose growth is not known, those
    of compacted topics among them; they are taken to stay as they are.
    """

    noun = "forecasts"
    columns = {
        "broker": "int",
        "path": "str",
        "day": "float",
        "low_bytes": "float",
        "high_bytes": "float",
        "total_bytes": "int",
        "unknown_bytes": "float",
    }


@derive()
def disk_forecast(volumes: Volumes, growth: PartitionGrowth, replicas: Replicas) -> DiskForecast:
    """Sum up the replicas of each volume, day by day."""
    held = replicas.rows[["broker", "path", "topic", "partition", "size_bytes"]].merge(
        growth.rows.drop(columns="size_bytes"), on=["topic", "partition"], how="left"
    )
    return DiskForecast.from_rows(
        [day for volume, part in by_volume(held, volumes) for day in _days(volume, part)]
    )


def _days(volume: Any, held: Any) -> list[dict[str, Any]]:
    now = held["size_bytes"].to_numpy("float64")
    bytes_ = held["record_bytes"].to_numpy("float64")
    most = held["most_bytes"].to_numpy("float64")
    rates = {name: held[f"{name}_per_second"].to_numpy("float64") * bytes_ for name in _BANDS}
    is_known = (rates["high"] == rates["high"]) & (most == most)
    others = float(volume.used_bytes) - now.sum()
    return [
        {
            "broker": volume.broker,
            "path": volume.path,
            "day": float(day),
            **{
                f"{name}_bytes": others + _grown(now, rates[name], most, is_known, day * _DAY).sum()
                for name in _BANDS
            },
            "total_bytes": volume.total_bytes,
            "unknown_bytes": float(now[~is_known].sum()),
        }
        for day in DAYS
    ]


_BANDS = ("low", "high")


def _grown(now: Any, rate: Any, most: Any, is_known: Any, seconds: float) -> Any:
    """Return the sizes of replicas after some time; one that is above its limit stays."""
    import numpy as np

    then = np.minimum(now + np.where(is_known, rate, 0.0) * seconds, np.maximum(now, most))
    return np.where(is_known, then, now)


def full_times(forecast: DiskForecast, band: str) -> dict[tuple[int, str], float]:
    """Return (broker, path) of the volumes that fill within the forecast → seconds until then.

    band: at which rates, low or high.
    """
    times = {
        (int(broker), str(path)): _full_in_seconds(days, band)
        for (broker, path), days in forecast.rows.groupby(["broker", "path"])
    }
    return {volume: seconds for volume, seconds in times.items() if seconds is not None}


def _full_in_seconds(days: Any, band: str) -> float | None:
    import numpy as np

    used, total = days[f"{band}_bytes"].to_numpy("float64"), float(days["total_bytes"].iloc[0])
    at = days["day"].to_numpy("float64")
    above = np.flatnonzero(used >= total)
    if not len(above):
        return None
    first = int(above[0])
    if first == 0:
        return 0.0
    share = (total - used[first - 1]) / (used[first] - used[first - 1])
    return float((at[first - 1] + share * (at[first] - at[first - 1])) * _DAY)
