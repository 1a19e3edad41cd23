"""How much was free on the volumes of log directories, as kdiag's own exporter told.

Only series of an exporter that told the id of this cluster at the same time.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from kdiag.errors import KdiagError
from kdiag.sections import DiskHistory
from kdiag.snapshot import Missing
from kdiag.sources.missing import missing
from kdiag.sources.prometheus.asking import Asker, Row
from kdiag.sources.prometheus.dialects import series, with_proof
from kdiag.sources.tables import tables_ready

WINDOWS = ((604800.0, 7200.0), (21600.0, 300.0), (3600.0, 60.0))
"""Seconds to look back, and between two points: a week to see what comes and goes."""

_PREFIX = "kdiag_broker_log_dir"
_ORIGIN = ("job", "instance", "kafka_cluster")

Point = tuple[int, str, datetime]
"""Broker, path and time."""


async def read_disk_history(asker: Asker, cluster_id: str, now: datetime) -> DiskHistory | Missing:
    """Ask for the free and total bytes of each log directory, some times in the last week."""
    end = now.timestamp()
    asked = [
        asker.query_range(_promql(asker, what, cluster_id), end - seconds, end, step)
        for seconds, step in WINDOWS
        for what in ("usable_bytes", "total_bytes")
    ]
    try:
        answers = await asyncio.gather(*asked)
    except KdiagError as error:
        return missing(error)
    usable = _points(row for rows in answers[::2] for row in rows)
    total = _points(row for rows in answers[1::2] for row in rows)
    points = sorted(usable.keys() & total.keys())
    await tables_ready()
    return DiskHistory.of(
        {
            "broker": [broker for broker, _, _ in points],
            "path": [path for _, path, _ in points],
            "at": [at for _, _, at in points],
            "usable_bytes": [usable[point] for point in points],
            "total_bytes": [total[point] for point in points],
        },
        read_at=now,
    )


def _promql(asker: Asker, what: str, cluster_id: str) -> str:
    """Return the query for one of the two metrics; of exporters that run twice, the lower value."""
    selector = asker.monitor.selector
    labels = ", ".join((*_ORIGIN, "broker", "dir"))
    each = f"max by ({labels}) ({series(f'{_PREFIX}_{what}', selector)})"
    proven = with_proof(each, _ORIGIN, "kdiag_cluster_info", cluster_id, selector)
    return f"min by (broker, dir) ({proven})"


def _points(rows: Iterable[Row]) -> dict[Point, int]:
    return {
        (int(row.labels["broker"]), row.labels["dir"], datetime.fromtimestamp(at, UTC)): int(value)
        for row in rows
        if row.labels.get("broker", "").isdecimal() and "dir" in row.labels
        for at, value in row.values
    }
