"""Log directories, their volumes and the replicas in them: DescribeLogDirs of every broker."""

from datetime import datetime
from typing import Any

from kdiag.sections import LogDirs, Replicas
from kdiag.snapshot import Missing
from kdiag.sources.admin.outcome import known, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire
from kdiag.wire.error_codes import error_name


async def read_log_dirs(wire: Wire, now: datetime) -> tuple[LogDirs | Missing, Replicas | Missing]:
    """Ask every broker for its log directories.

    A broker that names none at all refuses silently (before 3.2): that is a gap, not an empty disk.
    """
    replies, errors = split(await wire.ask_all("DescribeLogDirs", _everything(wire)))
    for id_, reply in replies.items():
        code = getattr(reply, "error_code", 0)
        if code:
            errors[f"broker {id_}"] = missing_for("DescribeLogDirs", code)
        elif not reply.results:
            errors[f"broker {id_}"] = Missing("it names no log dirs", "Describe on Cluster")
    dirs = [(id_, result) for id_, reply in replies.items() for result in reply.results]
    if errors and not dirs:
        lacking = next(iter(errors.values()))
        return lacking, lacking
    await tables_ready()
    return _log_dirs(dirs, errors, now), _replicas(dirs, errors, now)


def _everything(wire: Wire) -> dict[int, dict[str, Any]]:
    return {id_: {"topics": None} for id_ in wire.brokers}


def _log_dirs(dirs: list[tuple[int, Any]], errors: dict[str, Missing], now: datetime) -> LogDirs:
    rows = [
        {
            "broker": id_,
            "path": result.log_dir,
            "error": error_name(result.error_code) if result.error_code else None,
            "total_bytes": known(getattr(result, "total_bytes", -1)),
            "usable_bytes": known(getattr(result, "usable_bytes", -1)),
            "is_cordoned": getattr(result, "is_cordoned", False),
        }
        for id_, result in dirs
    ]
    return LogDirs.from_rows(rows, read_at=now, errors=errors)


def _replicas(dirs: list[tuple[int, Any]], errors: dict[str, Missing], now: datetime) -> Replicas:
    found = [
        (id_, result.log_dir, str(topic.name), row)
        for id_, result in dirs
        for topic in result.topics
        for row in topic.partitions
    ]
    return Replicas.of(
        {
            "broker": [id_ for id_, _, _, _ in found],
            "path": [path for _, path, _, _ in found],
            "topic": [topic for _, _, topic, _ in found],
            "partition": [row.partition_index for _, _, _, row in found],
            "size_bytes": [row.partition_size for _, _, _, row in found],
            "offset_lag": [row.offset_lag for _, _, _, row in found],
            "is_future": [row.is_future_key for _, _, _, row in found],
        },
        read_at=now,
        errors=errors,
    )
