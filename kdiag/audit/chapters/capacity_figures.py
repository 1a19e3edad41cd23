"""Figures of capacity: forecast of each volume, sizes of partitions."""

from kdiag.analysis.disk_forecast import DiskForecast
from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.audit.blocks import Figure
from kdiag.wording import count, size

_MOST_VOLUMES = 9
_BINS = 24


def forecast_figure(forecast: DiskForecast | None) -> Figure | None:
    """Return how the fullest volumes fill, between the lowest and the highest rate."""
    if forecast is None or not len(forecast):
        return None
    by_volume = list(forecast.rows.groupby(["broker", "path"]))
    by_volume.sort(key=lambda pair: -float((pair[1]["high_bytes"] / pair[1]["total_bytes"]).max()))
    volumes = [
        {
            "name": f"broker {broker} {path}",
            "days": days["day"].tolist(),
            "low": [round(float(value)) for value in days["low_bytes"]],
            "high": [round(float(value)) for value in days["high_bytes"]],
            "limit": int(days["total_bytes"].iloc[0]),
        }
        for (broker, path), days in by_volume[:_MOST_VOLUMES]
    ]
    return Figure(
        "forecast",
        "Disk in use over the next 90 days",
        "forecast",
        "bytes",
        f"Bytes in use on {count(len(volumes), 'volume')} over the next 90 days, as a band between "
        "the lowest and the highest rate of writing, under a line for the size of the volume.",
        {"volumes": volumes},
    )


def sizes_figure(growth: PartitionGrowth | None) -> Figure | None:
    """Return how many partitions there are of each size."""
    if growth is None or not (growth.rows["size_bytes"] > 0).any():
        return None
    import numpy as np

    sizes = growth.rows["size_bytes"].to_numpy("float64")
    known = sizes[sizes > 0]
    edges = np.geomspace(known.min(), max(known.max(), known.min() * 2), _BINS + 1)
    counts, _ = np.histogram(known, edges)
    return Figure(
        "sizes",
        "Sizes of partitions",
        "histogram",
        "bytes",
        f"{count(len(known), 'partition')} by size, from {size(known.min())} to "
        f"{size(known.max())}, median {size(float(np.median(known)))}; "
        f"{count(len(sizes) - len(known), 'partition is', 'partitions are')} empty.",
        {"edges": [float(edge) for edge in edges], "counts": [int(number) for number in counts]},
    )
