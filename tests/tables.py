"""Builders of sections with healthy defaults: a test states only what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Commits,
    EndOffsetHistory,
    Groups,
    Members,
    Offsets,
    Partitions,
    TopicConfigs,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    """Return the time that many seconds before NOW."""
    return NOW - timedelta(seconds=seconds)


def brokers(
    *ids: int, down: Sequence[int] = (), racks: Mapping[int, str] | None = None, **fields: Any
) -> Brokers:
    """Return brokers, all registered and reachable but those that are down."""
    rows = [
        {
            "broker": id_,
            "host": f"10.0.0.{id_}",
            "port": 9092,
            "rack": (racks or {}).get(id_),
            "is_registered": id_ not in down,
            "is_reachable": id_ not in down,
            "unreachable_reason": "connection refused" if id_ in down else None,
            "api_versions": (),
        }
        for id_ in (ids or (1, 2, 3))
    ]
    return Brokers.from_rows(rows, read_at=NOW, **fields)


def partition_row(
    topic: str,
    partition: int = 0,
    replicas: Sequence[int] = (1, 2, 3),
    isr: Sequence[int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return one partition: in sync and led by its first in-sync replica unless told otherwise."""
    in_sync = tuple(replicas if isr is None else isr)
    row = {
        "topic": topic,
        "partition": partition,
        "leader": in_sync[0] if in_sync else None,
        "leader_epoch": 0,
        "replicas": tuple(replicas),
        "isr": in_sync,
        "offline_replicas": (),
    }
    return {**row, **more}


def partitions(*rows: Mapping[str, Any], **fields: Any) -> Partitions:
    """Return the partitions of the rows (see partition_row)."""
    return Partitions.from_rows(rows, read_at=NOW, **fields)


def topic_configs(
    settings: Mapping[str, Mapping[str, str | None]], source: str = "topic", **fields: Any
) -> TopicConfigs:
    """Return topic → key → value as topic configs, all of one source."""
    rows = [
        {"topic": topic, "key": key, "value": value, "source": source, "is_sensitive": False}
        for topic, values in settings.items()
        for key, value in values.items()
    ]
    return TopicConfigs.from_rows(rows, read_at=NOW, **fields)


def broker_configs(
    settings: Mapping[int, Mapping[str, str | None]], source: str = "static", **fields: Any
) -> BrokerConfigs:
    """Return broker → key → value as broker configs, all of one source."""
    rows = [
        {"broker": broker, "key": key, "value": value, "source": source, "is_sensitive": False}
        for broker, values in settings.items()
        for key, value in values.items()
    ]
    return BrokerConfigs.from_rows(rows, read_at=NOW, **fields)


def groups(*rows: Mapping[str, Any], **fields: Any) -> Groups:
    """Return groups: classic, Stable consumers unless told otherwise."""
    healthy = {"type": "classic", "protocol_type": "consumer", "state": "Stable", "coordinator": 1}
    return Groups.from_rows([{**healthy, **row} for row in rows], read_at=NOW, **fields)


def members(*rows: Mapping[str, Any], **fields: Any) -> Members:
    """Return members; each needs group and member_id, and has no assignment unless told."""
    usual = {"client_id": "app", "client_host": "/10.1.0.1", "subscription": (), "assignment": ()}
    return Members.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def commits(
    offsets: Mapping[tuple[str, str, int], int], at: datetime = NOW, **fields: Any
) -> Commits:
    """Return (group, topic, partition) → committed offset."""
    rows = [
        {"group": group, "topic": topic, "partition": partition, "committed_offset": offset}
        for (group, topic, partition), offset in offsets.items()
    ]
    return Commits.from_rows(rows, read_at=at, **fields)


def offsets(
    ends: Mapping[tuple[str, int], int], at: datetime = NOW, start: int = 0, **fields: Any
) -> Offsets:
    """Return (topic, partition) → end offset, with nothing held back by transactions."""
    rows = [
        {
            "topic": topic,
            "partition": partition,
            "log_start_offset": start,
            "end_offset": end,
            "last_stable_offset": end,
        }
        for (topic, partition), end in ends.items()
    ]
    return Offsets.from_rows(rows, read_at=at, **fields)


def end_offset_history(ends: Mapping[tuple[str, int, int], int], **fields: Any) -> EndOffsetHistory:
    """Return (topic, partition, age in seconds) → end offset then."""
    rows = [
        {
            "topic": topic,
            "partition": partition,
            "age_seconds": age,
            "at": ago(age),
            "end_offset": end,
        }
        for (topic, partition, age), end in ends.items()
    ]
    return EndOffsetHistory.from_rows(rows, read_at=NOW, **fields)
