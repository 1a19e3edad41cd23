"""Committed offsets of all groups but share groups: one OffsetFetch a coordinator (KIP-709).

Brokers older than 3.0 get one request a group instead, pipelined on one connection. Version 9 is
the newest that names topics: later ones leave out topics that were deleted.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.sections import Commits
from kdiag.snapshot import Missing
from kdiag.sources.admin.groups import Listing
from kdiag.sources.admin.moved import coordinators_now, moved_groups
from kdiag.sources.admin.outcome import known, missing, missing_for
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire
from kdiag.wire.error_codes import error_name

_BATCHED = 8
_NAMED = 9
_COLUMNS = (
    "group",
    "topic",
    "partition",
    "committed_offset",
    "leader_epoch",
    "metadata",
    "error",
)


async def read_commits(wire: Wire, listing: Listing, now: datetime) -> Commits:
    """Ask each coordinator for everything that its groups have committed."""
    asked = [
        _offset_fetch(wire, id_, [each.group for each in groups if each.type != "share"])
        for id_, groups in listing.by_coordinator.items()
    ]
    outcomes = [each for outcome in await asyncio.gather(*asked) for each in outcome]
    errors = dict(listing.errors)
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for target, reply in await _with_moved(wire, outcomes):
        if isinstance(reply, KdiagError):
            errors[target] = missing(reply)
        else:
            errors |= _add(columns, reply)
    await tables_ready()
    return Commits.of(columns, read_at=now, errors=errors)


Outcome = list[tuple[str, Any]]
"""Targets with their reply (groups with topics) or the error instead."""


async def _with_moved(wire: Wire, outcomes: Outcome) -> Outcome:
    """Ask once more for groups whose coordinator has moved; they stand there once."""
    replies = [reply for _, reply in outcomes if not isinstance(reply, KdiagError)]
    moved = moved_groups(group for reply in replies for group in reply)
    if not moved:
        return outcomes
    places = await coordinators_now(wire, moved)
    found = {id_ for ids in places.values() for id_ in ids}
    asked = [_offset_fetch(wire, broker, ids) for broker, ids in places.items()]
    again = [each for outcome in await asyncio.gather(*asked) for each in outcome]
    kept = [
        (target, reply if isinstance(reply, KdiagError) else _without(reply, found))
        for target, reply in outcomes
    ]
    return [*kept, *again]


def _without(groups: Any, ids: Collection[str]) -> list[Any]:
    return [group for group in groups if group.group_id not in ids]


async def _offset_fetch(wire: Wire, broker: int, ids: Sequence[str]) -> Outcome:
    if not ids:
        return []
    versions = wire.versions.get(broker)
    newest = versions.ranges.get(9, (0, 0))[1] if versions else 0
    if newest < _BATCHED:
        return await _one_by_one(wire, broker, ids)
    fields = {"groups": [{"group_id": id_, "topics": None} for id_ in ids]}
    [(_, reply)] = (await wire.ask_all("OffsetFetch", {broker: fields}, newest=_NAMED)).items()
    return [(f"committed offsets at broker {broker}", getattr(reply, "groups", reply))]


async def _one_by_one(wire: Wire, broker: int, ids: Sequence[str]) -> Outcome:
    asked = [
        wire.ask_all("OffsetFetch", {broker: {"group_id": id_, "topics": None}}, newest=7)
        for id_ in ids
    ]
    answers = await asyncio.gather(*asked)
    return [
        (f"group {id_}", reply if isinstance(reply, KdiagError) else [_OldGroup(id_, reply)])
        for id_, answer in zip(ids, answers, strict=True)
        for reply in answer.values()
    ]


class _OldGroup:
    """A reply about one group (before version 8) in the shape of those about many."""

    def __init__(self, group_id: str, reply: Any) -> None:
        self.group_id = group_id
        self.topics = reply.topics
        self.error_code = reply.error_code


def _add(columns: Mapping[str, list[Any]], groups: Any) -> dict[str, Missing]:
    """Append the rows of all groups of a reply, and return the groups that were refused."""
    errors: dict[str, Missing] = {}
    for group in groups:
        if group.error_code != 0:
            id_ = str(group.group_id)
            errors[f"group {id_}"] = missing_for("OffsetFetch", group.error_code, id_)
        for topic in group.topics:
            _add_topic(columns, str(group.group_id), str(topic.name), topic.partitions, errors)
    return errors


def _add_topic(
    columns: Mapping[str, list[Any]],
    group: str,
    topic: str,
    partitions: Any,
    errors: dict[str, Missing],
) -> None:
    """Append one topic column by column: there may be a hundred thousand rows."""
    codes = [int(row.error_code) for row in partitions]
    offsets = [row.committed_offset for row in partitions]
    columns["group"].extend([group] * len(partitions))
    columns["topic"].extend([topic] * len(partitions))
    columns["partition"].extend([row.partition_index for row in partitions])
    columns["committed_offset"].extend(
        [None if code else known(value) for value, code in zip(offsets, codes, strict=True)]
    )
    columns["leader_epoch"].extend(
        [known(getattr(row, "committed_leader_epoch", -1)) for row in partitions]
    )
    columns["metadata"].extend([row.metadata for row in partitions])
    columns["error"].extend([error_name(code) if code else None for code in codes])
    if any(codes):
        errors[f"topic {topic}"] = missing_for("OffsetFetch", max(codes), topic)
