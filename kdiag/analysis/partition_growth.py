"""How fast each partition is written to, and how large it may become.

Rates come from end offsets of an hour, a day and a week ago; bytes from the size of the largest
replica over the records that it holds. Where the log does not reach back that far, the rate of that
age is not known: what was deleted since cannot be told from what was never written.
"""

from typing import Any

from kdiag.analysis.compacted import compacted_topics
from kdiag.analysis.durability import limit_by_topic
from kdiag.analysis.replica_sizes import replica_sizes
from kdiag.check import derive
from kdiag.sections import Offsets, PastEnds, Replicas, TopicConfigs
from kdiag.snapshot import Table

_KEY = ["topic", "partition"]


class PartitionGrowth(Table):
    """One row a partition.

    size_bytes: of its largest replica. record_bytes: mean size of a record there, NaN where it has
    none. low_, high_per_second: the lowest and highest of the rates that are known, records a
    second; NaN where none is. most_bytes: what retention.ms at the higher rate, or retention.bytes,
    lets a replica become at most, inf where neither limits it; NaN for a compacted topic, whose
    size depends on its keys.
    """

    noun = "partitions"
    columns = {
        "topic": "str",
        "partition": "int",
        "size_bytes": "int",
        "record_bytes": "float",
        "low_per_second": "float",
        "high_per_second": "float",
        "most_bytes": "float",
    }


@derive(configs=("retention.ms", "retention.bytes", "cleanup.policy"))
def partition_growth(
    past: PastEnds, offsets: Offsets, replicas: Replicas, configs: TopicConfigs
) -> PartitionGrowth:
    """Join what a partition holds with what was written to it."""
    rows = offsets.rows[[*_KEY, "log_start_offset", "end_offset"]].dropna()
    sizes = replica_sizes(replicas)
    rows = rows.merge(sizes, on=_KEY, how="inner")
    records = (rows["end_offset"] - rows["log_start_offset"]).astype("float64")
    rows["record_bytes"] = rows["size_bytes"].astype("float64") / records.where(records > 0)
    rows = _with_rates(rows, past)
    rows["most_bytes"] = _most_bytes(rows, configs)
    return PartitionGrowth(rows=rows[list(PartitionGrowth.columns)].reset_index(drop=True))


def _with_rates(rows: Any, past: PastEnds) -> Any:
    """Add the lowest and the highest rate of each partition."""
    known = past.rows.merge(
        rows[[*_KEY, "log_start_offset", "end_offset"]].rename(columns={"end_offset": "now"}),
        on=_KEY,
    )
    then = known["end_offset"].fillna(known["now"])
    reaches = (then > known["log_start_offset"]) | (known["log_start_offset"] == 0)
    rate = ((known["now"] - then).clip(lower=0) / known["age_seconds"]).astype("float64")
    rates = rate.where(reaches).groupby([known["topic"], known["partition"]]).agg(["min", "max"])
    rates = rates.rename(columns={"min": "low_per_second", "max": "high_per_second"})
    return rows.merge(rates.reset_index(), on=_KEY, how="left")


def _most_bytes(rows: Any, configs: TopicConfigs) -> Any:
    milliseconds, by_size = (_limit(rows, configs, unit) for unit in ("ms", "bytes"))
    by_time = rows["high_per_second"] * rows["record_bytes"] * milliseconds / 1000
    most = by_time.fillna(float("inf")).to_frame("time").assign(size=by_size).min(axis=1)
    return most.where(~rows["topic"].isin(compacted_topics(configs)))


def _limit(rows: Any, configs: TopicConfigs, unit: str) -> Any:
    """Return retention.ms or retention.bytes of each row; inf where it is -1 or not known."""
    limits = limit_by_topic(configs, f"retention.{unit}")
    return rows["topic"].map(limits).astype("float64").fillna(float("inf"))
