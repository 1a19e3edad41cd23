"""How much each volume would hold if its topics kept all that their limits allow.

By size a replica may grow to retention.bytes and a segment; by time, to what is written in
retention.ms. Whichever is less holds (Kafka documentation, retention.bytes).
"""

from typing import Any

from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.analysis.retention import Retention
from kdiag.analysis.volumes import Volumes, by_volume
from kdiag.check import derive
from kdiag.sections import Replicas
from kdiag.snapshot import Table

_KEY = ["topic", "partition"]
_LIMITS = [
    *("topic", "deletes", "compacts", "segment_bytes"),
    *("disk_retention_ms", "disk_retention_bytes"),
]
_TOP_TOPICS = 5


class RetentionPromises(Table):
    """One row a volume (see Volumes): what its replicas may grow to, beside what is not Kafka's.

    set_bytes: by retention.bytes where it is set, whatever is written. due_bytes: by retention.ms
    too, at the lowest of the rates of the last hour, day and week; without rates that of
    retention.bytes. A replica without any limit that counts, and one of a compacted topic, stays as
    it is. top_topics: tuple of (topic, set bytes), largest first.
    """

    noun = "volumes"
    columns = {
        "broker": "int",
        "path": "str",
        "total_bytes": "int",
        "other_bytes": "int",
        "held_bytes": "int",
        "set_bytes": "float",
        "due_bytes": "float",
        "has_rates": "bool",
        "top_topics": "object",
    }


@derive()
def retention_promises(
    volumes: Volumes, replicas: Replicas, retention: Retention, growth: PartitionGrowth | None
) -> RetentionPromises:
    """Sum up the replicas of each volume."""
    held = replicas.rows.loc[~replicas.rows["is_future"], [*_KEY, "broker", "path", "size_bytes"]]
    rows = held.merge(retention.rows[_LIMITS], "left", "topic")
    rates = (PartitionGrowth.of() if growth is None else growth).rows
    rows = rows.merge(rates[[*_KEY, "record_bytes", "low_per_second"]], "left", _KEY)
    now = rows["size_bytes"].astype("float64")
    deletes = rows["deletes"].eq(True) & ~rows["compacts"].eq(True)
    by_size = (rows["disk_retention_bytes"] + rows["segment_bytes"]).astype("float64")
    kept_seconds = rows["disk_retention_ms"].astype("float64") / 1000
    by_time = rows["record_bytes"] * rows["low_per_second"] * kept_seconds
    least = by_size.to_frame("size").assign(time=by_time).min(axis=1)
    sums = rows[["broker", "path", "topic"]].assign(
        held=now,
        set=by_size.where(deletes).clip(lower=now).fillna(now),
        due=least.where(deletes).clip(lower=now).fillna(now),
    )
    return RetentionPromises.from_rows(
        [_volume(volume, part, growth) for volume, part in by_volume(sums, volumes)]
    )


def _volume(volume: Any, rows: Any, growth: PartitionGrowth | None) -> dict[str, Any]:
    top = rows.groupby("topic")["set"].sum().nlargest(_TOP_TOPICS)
    held = int(rows["held"].sum())
    return {
        "broker": volume.broker,
        "path": volume.path,
        "total_bytes": volume.total_bytes,
        "other_bytes": max(0, int(volume.used_bytes) - held),
        "held_bytes": held,
        "set_bytes": float(rows["set"].sum()),
        "due_bytes": float(rows["due"].sum()),
        "has_rates": growth is not None,
        "top_topics": tuple((str(name), int(bytes_)) for name, bytes_ in top.items()),
    }
