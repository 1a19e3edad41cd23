"""What each topic is set to keep, and when its segments are closed; as numbers."""

from collections.abc import Sequence
from typing import Any

from kdiag.analysis.values import known
from kdiag.check import derive
from kdiag.finding import Action
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Table

_KEYS = ("cleanup.policy", "retention.ms", "retention.bytes", "segment.ms", "segment.bytes")
_TIERED_KEYS = (
    "remote.storage.enable",
    "local.retention.ms",
    "local.retention.bytes",
    "remote.copy.lag.ms",
    "remote.copy.lag.bytes",
)
_LOCAL_AS_ALL = -2  # local.retention.ms and .bytes: the same as retention.ms and .bytes (KIP-405)


class TieredTopics(Table):
    """One row a topic that is tiered: what stays on disks of brokers, and when the rest is copied.

    local_retention_ms, local_retention_bytes: <NA> where they are those of the topic.
    copies_late: closed segments are copied only after some time or some bytes, on purpose
    (remote.copy.lag.ms, remote.copy.lag.bytes, Kafka 4.4 and newer).
    """

    noun = "tiered topics"
    needs_rows = False
    columns = {
        "topic": "str",
        "local_retention_ms": "int",
        "local_retention_bytes": "int",
        "copies_late": "bool",
    }


class Retention(Table):
    """One row a topic whose settings were read.

    deletes: records are deleted by age or size; compacts: and, or, by key. retention_ms,
    retention_bytes: <NA> without a limit. ms_source, bytes_source: where these are set.
    disk_retention_ms, disk_retention_bytes: what holds on the disks of brokers, as a tiered topic
    keeps the rest elsewhere.
    """

    noun = "topics"
    columns = {
        "topic": "str",
        "deletes": "bool",
        "compacts": "bool",
        "retention_ms": "int",
        "retention_bytes": "int",
        "segment_ms": "int",
        "segment_bytes": "int",
        "ms_source": "str",
        "bytes_source": "str",
        "is_tiered": "bool",
        "disk_retention_ms": "int",
        "disk_retention_bytes": "int",
    }


@derive(configs=_TIERED_KEYS)
def tiered_topics(configs: TopicConfigs) -> TieredTopics:
    """Read the settings of tiered topics; brokers before 3.6 have none of them."""
    values = _by_topic(configs, _TIERED_KEYS, "value")
    return TieredTopics.from_rows(
        [
            {
                "topic": name,
                "local_retention_ms": _local(each.get("local.retention.ms")),
                "local_retention_bytes": _local(each.get("local.retention.bytes")),
                "copies_late": any(
                    (_number(each.get(f"remote.copy.lag.{unit}")) or 0) != 0
                    for unit in ("ms", "bytes")
                ),
            }
            for name, each in values.items()
            if each.get("remote.storage.enable") == "true"
        ]
    )


@derive(configs=_KEYS)
def retention(configs: TopicConfigs, tiered: TieredTopics | None) -> Retention:
    """Read the limits of each topic; -1 is none (TopicConfig of Kafka)."""
    values, sources = (_by_topic(configs, _KEYS, column) for column in ("value", "source"))
    local = {} if tiered is None else {row.topic: row for row in tiered.rows.itertuples()}
    return Retention.from_rows(
        [
            _row(name, each, sources[name], local.get(name))
            for name, each in values.items()
            if all(each.get(key) is not None for key in _KEYS)
        ]
    )


def _row(name: str, values: dict[str, Any], sources: dict[str, Any], tiered: Any) -> dict[str, Any]:
    policy = values["cleanup.policy"].split(",")
    limits = {unit: _limit(values[f"retention.{unit}"]) for unit in ("ms", "bytes")}
    return {
        "topic": name,
        "deletes": "delete" in policy,
        "compacts": "compact" in policy,
        "retention_ms": limits["ms"],
        "retention_bytes": limits["bytes"],
        "segment_ms": _number(values["segment.ms"]),
        "segment_bytes": _number(values["segment.bytes"]),
        "ms_source": sources["retention.ms"],
        "bytes_source": sources["retention.bytes"],
        "is_tiered": tiered is not None,
        **{f"disk_retention_{unit}": _on_disk(tiered, unit, limits[unit]) for unit in limits},
    }


def _on_disk(tiered: Any, unit: str, limit: int | None) -> int | None:
    local = None if tiered is None else known(getattr(tiered, f"local_retention_{unit}"))
    return limit if local is None else local


def _by_topic(configs: TopicConfigs, keys: Sequence[str], column: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    rows = configs.rows[configs.rows["key"].isin(keys)]
    for topic, key, value in zip(rows["topic"], rows["key"], rows[column], strict=True):
        found.setdefault(topic, {})[key] = value
    return found


def _number(value: str | None) -> int | None:
    return None if value is None else int(value)


def _limit(value: str) -> int | None:
    return None if value == "-1" else int(value)


def _local(value: str | None) -> int | None:
    number = _number(value)
    return None if number is None or number == _LOCAL_AS_ALL else number


_LEAST_MS = 60_000


def closing_in_time(topic: str, retention_seconds: float) -> Action:
    """Return the advice to close segments of a topic at a tenth of its retention, or a minute."""
    return Action(
        "Close segments in time: at a tenth of the retention.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "topics --entity-name {topic} --add-config segment.ms={value}",
        "safe",
        {"topic": topic, "value": max(_LEAST_MS, int(retention_seconds * 100))},
    )
