"""Tiered topics whose closed segments do not get to remote storage.

Closed segments below the last stable offset are copied at once, so the last offset in remote
storage follows the end by the open segment and one that is on its way (RemoteLogManager of Kafka,
KIP-405). Where several closed segments wait and that offset stands, the store or its metadata topic
refuses them; local logs grow, as what is not copied is never deleted. An error counter tells less:
a copy that hangs raises none.

Reads: ListOffsets in two samples (last tiered offset, KIP-1005; start of the local log, end),
DescribeConfigs (segment.bytes, remote.copy.lag.*), DescribeLogDirs (sizes).
"""

from typing import Any

from kdiag.api import (
    Action,
    Earlier,
    Finding,
    Replicas,
    Retention,
    Said,
    TieredOffsets,
    TieredTopics,
    check,
    count,
    replica_sizes,
    size,
    topic,
)

_KEY = ["topic", "partition"]


@check(area="disk", explained_by=("offline-partition",))
def tiered_upload_stalled(
    offsets: TieredOffsets,
    before: Earlier[TieredOffsets],
    retention: Retention,
    replicas: Replicas,
    tiered: TieredTopics | None,
    *,
    waiting_segments_count: int = 3,
) -> Said:
    """Tiered topics of which nothing is copied any more.

    waiting_segments_count: segments that may wait; one is open and one on its way.
    """
    rows = _with_sizes(offsets, before, retention, replicas)
    late = set() if tiered is None else set(tiered.rows.loc[tiered.rows["copies_late"], "topic"])
    stands = rows["tiered"] == rows["tiered_before"]
    waits = rows["waiting_bytes"] > waiting_segments_count * rows["segment_bytes"]
    hits = rows[(stands & waits).fillna(False) & ~rows["topic"].isin(late)]
    for name, part in hits.groupby("topic"):
        yield _finding(str(name), part)


def _with_sizes(
    offsets: TieredOffsets, before: TieredOffsets, retention: Retention, replicas: Replicas
) -> Any:
    """Return each partition with what of it is not in remote storage, in records and bytes."""
    then = before.rows[[*_KEY, "tiered_offset"]].rename(columns={"tiered_offset": "tiered_before"})
    segments = retention.rows[["topic", "segment_bytes"]]
    rows = (
        offsets.rows.merge(then, on=_KEY)
        .merge(replica_sizes(replicas), on=_KEY)
        .merge(segments, on="topic")
    )
    first = (rows["tiered_offset"] + 1).fillna(rows["local_start_offset"])
    waiting = (rows["end_offset"] - first).clip(lower=0)
    local = (rows["end_offset"] - rows["local_start_offset"]).astype("float64")
    return rows.assign(
        tiered=rows["tiered_offset"].fillna(-1),
        tiered_before=rows["tiered_before"].fillna(-1),
        waiting=waiting,
        waiting_bytes=rows["size_bytes"] * waiting / local.where(local > 0),
    )


def _finding(name: str, part: Any) -> Finding:
    worst = part.sort_values("waiting_bytes").iloc[-1]
    bytes_, segment = float(part["waiting_bytes"].sum()), int(worst["segment_bytes"])
    segments = int(worst["waiting_bytes"] / segment)
    return Finding(
        "warning",
        topic(name),
        f"{count(len(part), 'partition')} of tiered topic {name} {_wait(len(part))} with "
        f"{size(bytes_)} for remote storage, up to {count(segments, 'segment')} each; the last "
        "offset there stands.",
        "Local logs grow until the disks are full: brokers never delete what is not copied.",
        cause="The remote store, the plug-in for it or its metadata topic does not take the "
        "segments, or a quota on copies holds them back.",
        evidence={
            "partitions": sorted(part["partition"].tolist()),
            "waiting_bytes": int(bytes_),
            "waiting_records": int(part["waiting"].sum()),
            "segment_bytes": segment,
            "tiered_offset": int(worst["tiered"]) if worst["tiered"] >= 0 else None,
            "end_offset": int(worst["end_offset"]),
        },
        actions=(
            Action(
                "See whether the last tiered offset moves.",
                "kafka-get-offsets.sh --bootstrap-server {bootstrap} --time "
                "latest-tiered --topic {topic}",
                values={"topic": name},
            ),
            Action(
                "On the leaders, look for errors of the copy.",
                "grep -E {pattern} server.log",
                values={"pattern": f"RemoteLogManager.*{name}|RemoteStorageException"},
            ),
        ),
        confidence="likely",
    )


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"
