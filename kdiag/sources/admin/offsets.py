"""End, start and last stable offsets, and offsets by time: ListOffsets to each leader.

One kind of offset for all partitions of a leader is one request; a request may name a partition
only once, so three kinds are three requests.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from kdiag.sections import Offsets
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.moved import LEADER_MOVED, UNKNOWN_TOPIC, leaders_now
from kdiag.sources.admin.outcome import known, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire
from kdiag.wire.error_codes import error_name

_LATEST = -1
_EARLIEST = -2
_READ_UNCOMMITTED = 0
_READ_COMMITTED = 1
_ASKED_AGAIN = LEADER_MOVED | {UNKNOWN_TOPIC}

Led = dict[int, dict[str, list[int]]]
"""Leader → topic → its partitions."""

Key = tuple[str, int]
"""Topic and partition."""


class Row(NamedTuple):
    """What a leader answers for a partition; -1 where there is no such offset, or no time."""

    offset: int
    timestamp: int
    error_code: int


Rows = dict[Key, Row]

_DELETED = Row(-1, -1, 0)
"""For a partition of a topic that was deleted since it was listed."""


async def read_offsets(wire: Wire, registered: Registered, now: datetime) -> Offsets:
    """Ask the leaders for end, start and last stable offset of every partition."""
    led, leaderless = _by_leader(registered)
    kinds = (
        (_LATEST, _READ_UNCOMMITTED),
        (_EARLIEST, _READ_UNCOMMITTED),
        (_LATEST, _READ_COMMITTED),
    )
    answers = await asyncio.gather(*(_list(wire, led, time, level) for time, level in kinds))
    errors: dict[str, Missing] = dict.fromkeys(leaderless, Missing("it has no leader"))
    for _, failed in answers:
        errors |= failed
    (ends, _), (starts, _), (stable, _) = answers
    errors |= refused(ends)
    listed = sorted((topic, partition) for topic, partition, _ in registered.leaders())
    keys = [key for key in listed if ends.get(key) is not _DELETED]
    await tables_ready()
    return Offsets.of(
        {
            "topic": [topic for topic, _ in keys],
            "partition": [partition for _, partition in keys],
            "log_start_offset": [offset_of(starts.get(key)) for key in keys],
            "end_offset": [offset_of(ends.get(key)) for key in keys],
            "last_stable_offset": [offset_of(stable.get(key)) for key in keys],
            "error": [_error(ends.get(key)) for key in keys],
        },
        read_at=now,
        errors=errors,
    )


def _by_leader(registered: Registered) -> tuple[Led, list[str]]:
    """Return the partitions by leader, and the names of those without one."""
    led: Led = {}
    leaderless: list[str] = []
    for topic, partition, leader in registered.leaders():
        if leader is None:
            leaderless.append(f"partition {topic}-{partition}")
        else:
            led.setdefault(leader, {}).setdefault(topic, []).append(partition)
    return led, leaderless


async def list_at(
    wire: Wire, registered: Registered, times: Mapping[Key, datetime]
) -> tuple[Rows, dict[str, Missing]]:
    """Ask the leaders for the first offset at or after a time, one for each partition.

    The offset is -1 where no record is that young.
    """
    wanted = {key: int(at.timestamp() * 1000) for key, at in times.items()}
    return await list_rows(wire, registered, wanted)


async def list_rows(
    wire: Wire, registered: Registered, times: Mapping[Key, int]
) -> tuple[Rows, dict[str, Missing]]:
    """Ask the leaders for an offset by a time, one for each partition that was not deleted.

    times: milliseconds since 1970, or what Kafka writes for a place in the log (ListOffsetsRequest:
    -4 is where the local log starts, -5 the last offset in remote storage).
    """
    rows = {key: {"partition_index": key[1], "timestamp": at} for key, at in times.items()}
    led = registered.by_leader(rows)
    asked = {leader: _fields(topics, 0) for leader, topics in led.items()}
    told, errors = await _rows(wire, asked)
    return {key: row for key, row in told.items() if row is not _DELETED}, errors


async def _list(
    wire: Wire, led: Led, timestamp: int, isolation_level: int
) -> tuple[Rows, dict[str, Missing]]:
    rows = {
        leader: {
            topic: [{"partition_index": number, "timestamp": timestamp} for number in numbers]
            for topic, numbers in topics.items()
        }
        for leader, topics in led.items()
    }
    return await _rows(wire, {id_: _fields(each, isolation_level) for id_, each in rows.items()})


async def _rows(
    wire: Wire, fields: Mapping[int, dict[str, Any]]
) -> tuple[Rows, dict[str, Missing]]:
    """Ask the leaders; partitions that moved meanwhile are asked for once more at the new ones."""
    rows, errors = await _asked(wire, fields)
    moved = {key for key, row in rows.items() if row.error_code in _ASKED_AGAIN}
    if moved:
        now = await leaders_now(wire, {topic for topic, _ in moved})
        again, failed = await _asked(wire, _elsewhere(fields, moved, now.leaders))
        rows |= again | {key: _DELETED for key in moved if key[0] in now.deleted}
        errors = failed | errors
    return rows, errors


def _elsewhere(
    fields: Mapping[int, dict[str, Any]],
    moved: Collection[Key],
    leaders: Mapping[Key, int],
) -> dict[int, dict[str, Any]]:
    """Return the requests for partitions that moved, by the leaders that they have now."""
    rows: dict[int, dict[str, list[dict[str, int]]]] = {}
    for request in fields.values():
        for topic in request["topics"]:
            for row in topic["partitions"]:
                key = (topic["name"], row["partition_index"])
                if key in moved and key in leaders:
                    rows.setdefault(leaders[key], {}).setdefault(topic["name"], []).append(row)
    level = next((request.get("isolation_level", 0) for request in fields.values()), 0)
    return {leader: _fields(topics, level) for leader, topics in rows.items()}


async def _asked(
    wire: Wire, fields: Mapping[int, dict[str, Any]]
) -> tuple[Rows, dict[str, Missing]]:
    replies, errors = split(await wire.ask_all("ListOffsets", fields))
    rows = {
        (str(topic.name), int(row.partition_index)): Row(row.offset, row.timestamp, row.error_code)
        for reply in replies.values()
        for topic in reply.topics
        for row in topic.partitions
    }
    return rows, errors


def _fields(topics: Mapping[str, list[dict[str, int]]], isolation_level: int) -> dict[str, Any]:
    isolation = {"isolation_level": isolation_level} if isolation_level else {}
    named = [{"name": topic, "partitions": rows} for topic, rows in topics.items()]
    return {"replica_id": -1, **isolation, "topics": named}


def offset_of(row: Row | None) -> int | None:
    """Return the offset that a leader answered; None for none, and where nothing was answered."""
    return None if row is None or row.error_code else known(row.offset)


def refused(rows: Rows) -> dict[str, Missing]:
    """Return the topics whose leaders answered with an error, and what is missing."""
    return {
        f"topic {topic}": missing_for("ListOffsets", row.error_code, topic)
        for (topic, _), row in rows.items()
        if row.error_code
    }


def _error(row: Row | None) -> str | None:
    if row is None:
        return "no answer from its leader"
    return error_name(row.error_code) if row.error_code else None
