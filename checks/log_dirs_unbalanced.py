"""Brokers of which one disk is nearly full while another is nearly empty.

A broker puts a new replica into the log directory with the fewest replicas, whatever their size
(LogManager.nextLogDirs of Kafka). So one large topic fills one disk, and the directory goes offline
while others have room. Disks of different size are compared by the part that is used.

Reads: DescribeLogDirs (volumes, KIP-827; replicas, and whether some are being moved).
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LogDirs,
    Replicas,
    Said,
    Volumes,
    check,
    known,
    listed,
    log_dir,
    size,
)

_OF_KAFKA_RATIO = 0.5


@check(area="disk", explained_by=("log-dir-offline",))
def log_dirs_unbalanced(
    volumes: Volumes,
    log_dirs: LogDirs,
    replicas: Replicas | None,
    *,
    full_ratio: float = 0.6,
    more_times_ratio: float = 1.5,
) -> Said:
    """Log directories of one broker that are filled very differently.

    full_ratio: used part of the fullest volume, below which there is no hurry.
    more_times_ratio: how many times as full as the emptiest one it is.
    """
    cordoned = set(_places(log_dirs.rows[log_dirs.rows["is_cordoned"]]))
    moving = set() if replicas is None else set(_places(replicas.rows[replicas.rows["is_future"]]))
    is_open = volumes.rows["log_dirs"].map(lambda each: not cordoned & {*each}).astype("bool")
    for _, part in volumes.rows[is_open].groupby("broker"):
        rows = part.sort_values("used_ratio")
        empty, full = rows.iloc[0], rows.iloc[-1]
        is_skewed = full["used_ratio"] > max(full_ratio, more_times_ratio * empty["used_ratio"])
        if is_skewed and _is_of_kafka(full) and not moving & {*empty["log_dirs"]}:
            yield _finding(full, empty)


def _places(rows: Any) -> Iterator[tuple[int, str]]:
    for id_, path in zip(rows["broker"], rows["path"], strict=True):
        yield int(id_), path


def _is_of_kafka(full: Any) -> bool:
    """Tell whether moving replicas would help: most of what fills the volume are such."""
    held = known(full["kafka_bytes"])
    return held is None or held >= _OF_KAFKA_RATIO * full["used_bytes"]


def _finding(full: Any, empty: Any) -> Finding:
    number = int(full["broker"])
    top = listed(f"{name} ({size(held)})" for name, held in full["top_topics"])
    return Finding(
        "info",
        log_dir(number, full["path"]),
        f"Volume {full['path']} of broker {number} is {full['used_ratio']:.0%} full, "
        f"{empty['path']} is {empty['used_ratio']:.0%} full.",
        f"{full['path']} goes offline when it is full, and its replicas with it, though the "
        "broker has room.",
        cause=f"Brokers place replicas by their number, not by their size. Largest there: {top}."
        if top
        else "Brokers place replicas by their number, not by their size.",
        evidence={
            "used_ratio": round(float(full["used_ratio"]), 4),
            "emptiest_path": empty["path"],
            "emptiest_used_ratio": round(float(empty["used_ratio"]), 4),
            "usable_bytes": int(full["usable_bytes"]),
            "emptiest_usable_bytes": int(empty["usable_bytes"]),
            "top_topics": [{"topic": name, "bytes": held} for name, held in full["top_topics"]],
        },
        actions=(
            Action(
                "See which replicas are where.",
                "kafka-log-dirs.sh --bootstrap-server {bootstrap} --describe "
                "--broker-list {brokers}",
                values={"brokers": number},
            ),
            Action(
                f"Move large replicas to {empty['path']}: name it in log_dirs of move.json.",
                "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --execute "
                "--reassignment-json-file move.json --replica-alter-log-dirs-throttle 50000000",
                "disruptive",
            ),
        ),
        confidence="likely" if len(full["log_dirs"]) > 1 else "certain",
    )
