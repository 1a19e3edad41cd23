"""Volumes of brokers that are filling up.

A full volume takes its log directory offline; a broker whose only directory goes offline stops.
Deleting by retention needs no space, but compaction, recovery and reassignment do.

Reads: DescribeLogDirs (total and usable bytes of the volume, KIP-827; sizes of the replicas), and
the same of the past where a Prometheus has stored what kdiag's exporter told.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    Said,
    VolumeFill,
    Volumes,
    check,
    count,
    known,
    listed,
    log_dir,
    size,
    span,
)


@check(area="disk", escalate=True)
def disk_usage_high(
    volumes: Volumes,
    fill: VolumeFill | None,
    *,
    warning_ratio: float = 0.8,
    critical_ratio: float = 0.9,
) -> Said:
    """Volumes of which more than 80 % is in use.

    warning_ratio: used part of a volume above which somebody should act; the usual line for
        brokers, since moving or deleting data takes hours.
    critical_ratio: used part above which one busy topic can fill the rest.
    """
    rows = volumes.rows.merge((fill or VolumeFill.of()).rows, how="left", on=["broker", "path"])
    for row in rows[rows["used_ratio"] > warning_ratio].itertuples():
        yield _finding(row, row.used_ratio > critical_ratio)


def _finding(row: Any, is_critical: bool) -> Finding:
    brokers = sorted({broker for broker, _ in row.log_dirs})
    names = f"broker{'s' * (len(brokers) > 1)} {listed(brokers)}"
    return Finding(
        "critical" if is_critical else "warning",
        log_dir(row.broker, row.path),
        f"The volume of {row.path} on {names} is {row.used_ratio:.0%} full: "
        f"{size(row.usable_bytes)} of {size(row.total_bytes)} are left.",
        f"{_outlook(row)}When it is full, "
        f"{count(len(row.log_dirs), 'log directory goes', 'log directories go')} offline on "
        f"{names}; a broker without another one stops.",
        cause=_cause(row),
        due=row.full_in_seconds if _is_filling(row) else "the volume is full",
        evidence={
            "used_ratio": round(row.used_ratio, 4),
            "total_bytes": known(row.total_bytes),
            "used_bytes": known(row.used_bytes),
            "usable_bytes": known(row.usable_bytes),
            "kafka_bytes": known(row.kafka_bytes),
            "other_bytes": _other_bytes(row),
            "log_dirs": [{"broker": broker, "path": path} for broker, path in row.log_dirs],
            "top_topics": [{"topic": topic, "bytes": held} for topic, held in row.top_topics],
            **_pace(row),
        },
        actions=_actions(row, brokers),
        confidence="certain" if len(row.log_dirs) == 1 else "likely",
    )


def _is_filling(row: Any) -> bool:
    return bool(row.full_in_seconds == row.full_in_seconds)


def _outlook(row: Any) -> str:
    if not _is_filling(row):
        return ""
    return (
        f"It is full in {span(row.full_in_seconds)} at the rate of the last "
        f"{span(row.over_seconds)}. "
    )


def _pace(row: Any) -> dict[str, Any]:
    if not _is_filling(row):
        return {}
    return {
        "filled_bytes_per_second": round(row.filled_bytes_per_second),
        "over_seconds": round(row.over_seconds),
        "full_in_seconds": round(row.full_in_seconds),
        "rate_from": "prometheus",
    }


def _other_bytes(row: Any) -> int | None:
    kafka = known(row.kafka_bytes)
    return None if kafka is None else max(0, int(row.used_bytes) - kafka)


def _cause(row: Any) -> str:
    other = _other_bytes(row)
    if other is None:
        return ""
    if other > row.used_bytes / 2:
        return (
            f"Only {size(row.kafka_bytes)} of the {size(row.used_bytes)} in use are replicas of "
            "Kafka; something else fills the volume."
        )
    top = listed(f"{topic} ({size(held)})" for topic, held in row.top_topics)
    return f"Largest topics there: {top}." if top else ""


def _actions(row: Any, brokers: list[int]) -> tuple[Action, ...]:
    look = Action(
        "See the size of every replica there.",
        "kafka-log-dirs.sh --bootstrap-server {bootstrap} --describe --broker-list {brokers}",
        values={"brokers": ",".join(map(str, brokers))},
    )
    other = _other_bytes(row)
    if other is not None and other > row.used_bytes / 2:
        find = Action(
            f"On {row.host or 'the host'}, find what else is there.",
            'cd {path} && du -xh --max-depth=2 "$(df --output=target . | tail -1)" '
            "| sort -h | tail",
            values={"path": row.path},
        )
        return (find,)
    if not row.top_topics:
        return (look,)
    largest = row.top_topics[0][0]
    return (
        look,
        Action(
            f"See how long {largest} keeps its records; if its owner agrees, shorten retention.ms.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
            "--entity-type topics --entity-name {topic}",
            values={"topic": largest},
        ),
        Action("Or add brokers or disks, and move replicas there.", effect="disruptive"),
    )
