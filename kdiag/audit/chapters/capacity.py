"""Capacity: what grows, when a volume is full, and whether three times the load would fit."""

from typing import Any

from kdiag.analysis.disk_forecast import DiskForecast, full_times
from kdiag.analysis.losses import Losses
from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.analysis.values import known
from kdiag.analysis.volumes import Volumes
from kdiag.audit.blocks import Block, Chapter, Table, Text, table
from kdiag.audit.chapters.capacity_figures import forecast_figure, sizes_figure
from kdiag.audit.chapters.plan import partition_plan
from kdiag.audit.saying import advices
from kdiag.audit.seen import Seen
from kdiag.wording import count, span


def capacity(seen: Seen) -> Chapter:
    """Show growth, time to full, what a loss needs, and the plan for three times the load."""
    items = seen.of_areas("disk")
    volumes, forecast = seen.held(Volumes), seen.held(DiskForecast)
    blocks: list[Block | None] = [
        _volumes(volumes, forecast),
        forecast_figure(forecast),
        _growth(seen.held(PartitionGrowth)),
        sizes_figure(seen.held(PartitionGrowth)),
        _copies(seen.held(Losses)),
        partition_plan(seen),
        Text(
            "Rates are the lowest and the highest of the last hour, day and week, as far as logs "
            "reach back; the forecast takes them as they are until retention holds a log. "
            "Compacted topics are taken to stay as large as they are."
        ),
    ]
    return Chapter(
        "capacity",
        "Capacity",
        observations=tuple(block for block in blocks if block is not None),
        conclusions=tuple(_conclusions(forecast, items)),
        recommendations=advices(items),
        unseen=seen.taken_unseen(),
    )


def _volumes(volumes: Volumes | None, forecast: DiskForecast | None) -> Block | None:
    if volumes is None:
        return None
    low, high = ({} if forecast is None else full_times(forecast, band) for band in ("low", "high"))
    return table(
        "Volumes",
        {
            "Broker": "count",
            "Path": "text",
            "Size": "bytes",
            "In use": "ratio",
            "Free": "bytes",
            "Replicas": "bytes",
            "Full in, at the lowest rate": "seconds",
            "Full in, at the highest rate": "seconds",
        },
        [
            (
                int(row.broker),
                row.path,
                int(row.total_bytes),
                float(row.used_ratio),
                int(row.usable_bytes),
                known(row.kafka_bytes),
                low.get((int(row.broker), row.path)),
                high.get((int(row.broker), row.path)),
            )
            for row in volumes.rows.itertuples()
        ],
    )


def _growth(growth: PartitionGrowth | None) -> Table | None:
    if growth is None or not len(growth):
        return None
    rows = growth.rows
    rows = rows.assign(
        low=rows["low_per_second"] * rows["record_bytes"],
        high=rows["high_per_second"] * rows["record_bytes"],
    )
    by_topic = rows.groupby("topic").agg(
        partitions=("partition", "size"),
        held=("size_bytes", "sum"),
        records=("high_per_second", "sum"),
        low=("low", "sum"),
        high=("high", "sum"),
    )
    by_topic = by_topic.sort_values(["high", "held"], ascending=False)
    return table(
        "Topics by growth, one replica each",
        {
            "Topic": "text",
            "Partitions": "count",
            "Size": "bytes",
            "Records, at most": "per_second",
            "Written, at least": "bytes_per_second",
            "Written, at most": "bytes_per_second",
        },
        [
            (str(row.Index), int(row.partitions), int(row.held), row.records, row.low, row.high)
            for row in by_topic.itertuples()
        ],
    )


def _copies(losses: Losses | None) -> Table | None:
    if losses is None or losses.rows["copy_bytes"].isna().any():
        return None
    rows = losses.rows[losses.rows["free_bytes"].notna()]
    return table(
        "Room for the replicas of a broker or rack that does not return",
        {"Lost": "text", "To copy": "bytes", "Free on the others": "bytes", "Fits": "text"},
        [
            (
                f"{row.what} {row.name}",
                int(row.copy_bytes),
                int(row.free_bytes),
                "yes" if row.copy_bytes <= row.free_bytes else "no",
            )
            for row in rows.itertuples()
        ],
    )


def _conclusions(forecast: DiskForecast | None, items: Any) -> list[str]:
    said = [item.finding.symptom for item in items]
    if forecast is None:
        return said or ["When a volume is full cannot be told: see what was not seen."]
    ahead = full_times(forecast, "high").values()
    if ahead:
        said.append(
            f"{count(len(ahead), 'volume fills', 'volumes fill')} within 90 days at the highest "
            f"rate, the first in {span(min(ahead))}."
        )
    else:
        said.append("No volume fills within 90 days at the rates of the last week.")
    return said
