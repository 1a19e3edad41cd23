"""Sinks that hold the last records of a quiet topic back for ever.

A sink that writes a file only once it has flush.size records of a partition never writes the rest
of a partition that is quiet: it is in no file, its offset is not committed, and after a restart it
is read again, if retention has left it. The worker, the connector and its tasks are RUNNING.

Reads: GET /connectors?expand=info&expand=status of a worker, OffsetFetch, ListOffsets of the past.
"""

from typing import Any

from kdiag.api import (
    Action,
    Connectors,
    Finding,
    NotApplicable,
    PartitionLag,
    Said,
    SinkFlushes,
    Subject,
    check,
    connector_of,
    count,
    group,
    span,
)


@check(area="pipelines")
def sink_never_flushes(
    sinks: SinkFlushes, lag: PartitionLag, connectors: Connectors, *, unread_seconds: float = 3600.0
) -> Said:
    """Sinks without a rotation whose last records have waited for a full file for long.

    unread_seconds: records that have waited for less are not reported; the file may fill yet.
    """
    rows = sinks.rows[sinks.rows["is_known"] & sinks.rows["rotation_seconds"].isna()]
    if rows.empty:
        yield NotApplicable(f"none of {len(sinks)} sinks closes files by their size only")
    for row in rows.itertuples():
        mine = lag.rows[lag.rows["group"] == row.group]
        waits = (mine["lag_records"] > 0) & (mine["lag_records"] < row.flush_records)
        waiting = mine[waits & (mine["oldest_unread_seconds"] >= unread_seconds)]
        if len(waiting):
            subject = connector_of(connectors, row.connect_cluster, row.connector)
            yield _finding(row, subject, waiting)


def _finding(row: Any, subject: Subject, waiting: Any) -> Finding:
    oldest = float(waiting["oldest_unread_seconds"].max())
    records = int(waiting["lag_records"].sum())
    logs = list(zip(waiting["topic"], waiting["partition"].tolist(), strict=True))
    return Finding(
        "warning",
        subject,
        f"Sink {row.connector} has held {count(records, 'record')} of "
        f"{count(len(logs), 'partition')} back for {span(oldest)} or more: no file has its "
        f"{row.flush_records:,} records yet.",
        "These records are in no file and may never be; retention can delete them before.",
        cause="It closes a file by flush.size only: rotate.interval.ms and "
        "rotate.schedule.interval.ms are not set.",
        evidence={
            "stands_at": "sink",
            "group": row.group,
            "flush_size_records": int(row.flush_records),
            "held_records": records,
            "oldest_unread_seconds": round(oldest, 1),
            "partitions": logs,
        },
        actions=(
            Action(
                "Set rotate.schedule.interval.ms (say 600000) with timezone=UTC, or "
                "rotate.interval.ms, which keeps exactly-once but waits for a later record."
            ),
        ),
        covers=frozenset([group(row.group)]),
    )
