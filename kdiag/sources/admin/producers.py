"""Producers as the leaders of partitions know them: DescribeProducers (KIP-664).

Asked only where a transaction holds something back: a leader remembers each producer of the last
day (producer.id.expiration.ms), so the answer for a whole cluster has no limit.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kdiag.errors import Unsupported
from kdiag.sections import Producers
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.outcome import known, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.sources.times import time_of
from kdiag.wire.cluster import Wire

_MOST_PARTITIONS = 500
_SINCE = "Kafka 2.8 or newer"

Key = tuple[str, int]


async def read_producers(
    wire: Wire, registered: Registered, partitions: Sequence[Key], now: datetime
) -> Producers | Missing:
    """Ask the leaders for the producers of some partitions, one request a broker.

    Missing where no broker offers the request (before Kafka 2.8).
    """
    fields, errors = _by_leader(registered, partitions[:_MOST_PARTITIONS])
    if len(partitions) > _MOST_PARTITIONS:
        errors["producers of other partitions"] = Missing(
            f"{len(partitions) - _MOST_PARTITIONS} beyond the {_MOST_PARTITIONS} that are asked for"
        )
    answers = await wire.ask_all("DescribeProducers", fields)
    if answers and all(isinstance(answer, Unsupported) for answer in answers.values()):
        return Missing(str(next(iter(answers.values()))), _SINCE)
    replies, failed = split(answers)
    rows: list[dict[str, Any]] = []
    for topic in (topic for reply in replies.values() for topic in reply.topics):
        for part in topic.partitions:
            if part.error_code != 0:
                why = missing_for("DescribeProducers", part.error_code, str(topic.name))
                errors[f"producers of {topic.name}-{part.partition_index}"] = why
            rows += (_row(topic, part, producer) for producer in part.active_producers)
    await tables_ready()
    return Producers.from_rows(rows, read_at=now, errors=failed | errors)


def _by_leader(
    registered: Registered, partitions: Sequence[Key]
) -> tuple[dict[int, dict[str, Any]], dict[str, Missing]]:
    """Return the request to each leader, and the partitions without one."""
    wanted = {(topic, number): number for topic, number in partitions}
    errors = {
        f"producers of {topic}-{number}": Missing("it has no leader")
        for topic, number, leader in registered.leaders()
        if leader is None and (topic, number) in wanted
    }
    fields = {
        leader: {
            "topics": [{"name": name, "partition_indexes": ids} for name, ids in topics.items()]
        }
        for leader, topics in registered.by_leader(wanted).items()
    }
    return fields, errors


def _row(topic: Any, part: Any, producer: Any) -> dict[str, Any]:
    return {
        "topic": str(topic.name),
        "partition": int(part.partition_index),
        "producer_id": int(producer.producer_id),
        "producer_epoch": known(producer.producer_epoch),
        "last_sequence": known(producer.last_sequence),
        "last_timestamp": time_of(producer.last_timestamp),
        "coordinator_epoch": known(producer.coordinator_epoch),
        "open_since_offset": known(producer.current_txn_start_offset),
    }
