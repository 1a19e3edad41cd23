"""When a group will have caught up, and when retention deletes what it has not read.

Both extrapolate the rates of one window (PartitionLag); they hold while these do.
"""

from typing import Any

from kdiag.analysis.durability import config_by_topic, limit_by_topic
from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.replica_sizes import replica_sizes
from kdiag.check import derive
from kdiag.sections import Replicas, TopicConfigs
from kdiag.snapshot import Table

_KEY = ["topic", "partition"]


class LagForecast(Table):
    """One row a group and partition that is behind.

    retention_seconds: retention.ms, NaN where time deletes nothing (-1, or compacted only).
    drain_seconds: lag over the surplus of reading, NaN where it reads no faster than is written.
    lost_in_seconds: until the record at the committed offset is old enough, or the partition large
    enough (retention.bytes), for deletion, NaN where neither will be; a broker deletes whole
    segments, so it may happen later, and not before.
    """

    noun = "backlogs"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "retention_seconds": "float",
        "drain_seconds": "float",
        "lost_in_seconds": "float",
    }


@derive(configs=("retention.ms", "retention.bytes", "cleanup.policy"))
def lag_forecast(
    lag: PartitionLag, configs: TopicConfigs, replicas: Replicas | None
) -> LagForecast:
    """Extrapolate each partition that is behind."""
    rows = lag.rows[lag.rows["lag_records"] > 0].copy()
    for key, name in (("retention.ms", "retention_ms"), ("retention.bytes", "limit_bytes")):
        rows[name] = rows["topic"].map(limit_by_topic(configs, key)).astype("float64")
    policies = config_by_topic(configs, "cleanup.policy")
    kept = {topic for topic, policy in policies.items() if "delete" not in policy}
    is_deleted = ~rows["topic"].isin(kept)
    produced, consumed = rows["produced_per_second"], rows["consumed_per_second"]
    surplus = consumed - produced
    rows["retention_seconds"] = (rows["retention_ms"] / 1000).where(is_deleted)
    rows["drain_seconds"] = (rows["lag_records"].astype("float64") / surplus).where(surplus > 0)
    by_time = _by_time(rows, produced, consumed)
    by_size = _by_size(_with_sizes(rows, replicas), produced - consumed).where(is_deleted)
    lost = by_time.to_frame("time").assign(size=by_size.to_numpy()).min(axis=1)
    rows["lost_in_seconds"] = lost.clip(lower=0)
    return LagForecast(rows=rows[list(LagForecast.columns)].reset_index(drop=True))


def _by_time(rows: Any, produced: Any, consumed: Any) -> Any:
    """Return the seconds until the oldest unread record is as old as retention allows.

    Its age grows by the part of time that the group does not read: 1 - consumed / produced.
    """
    age = rows["oldest_unread_upper_seconds"].fillna(rows["oldest_unread_seconds"])
    pace = (1 - consumed / produced.where(produced > 0)).fillna(1.0)
    pace = pace.where((produced > 0) | (consumed == 0), 0.0)
    return ((rows["retention_seconds"] - age) / pace).where(pace > 0)


def _with_sizes(rows: Any, replicas: Replicas | None) -> Any:
    """Add the mean size of a record of each partition, in bytes."""
    if replicas is None:
        return rows.assign(record_bytes=float("nan"))
    sizes = replica_sizes(replicas)
    rows = rows.merge(sizes, on=_KEY, how="left")
    held = (rows["end_offset"] - rows["log_start_offset"]).astype("Float64")
    return rows.assign(record_bytes=(rows["size_bytes"] / held.where(held > 0)).astype("float64"))


def _by_size(rows: Any, growth: Any) -> Any:
    """Return the seconds until what retention.bytes keeps no longer holds the committed offset."""
    kept = rows["limit_bytes"] / rows["record_bytes"]
    spare = kept - rows["lag_records"].astype("float64")
    growth = growth.to_numpy()
    return (spare / growth).where(growth > 0)
