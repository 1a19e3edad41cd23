"""Groups and their members: ListGroups of every broker, then the describe of each type.

The broker that lists a group is its coordinator, so FindCoordinator, which may create
`__consumer_offsets`, is never needed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kdiag.sections import Groups, Members, StreamsTopologies
from kdiag.snapshot import Missing
from kdiag.sources.admin.members import members_of, subtopologies_of
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.moved import (
    COORDINATOR_MOVED,
    PAUSE_SECONDS,
    coordinators_now,
    moved_groups,
)
from kdiag.sources.admin.outcome import missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire
from kdiag.wire.error_codes import error_name

_DESCRIBES = {
    "classic": "DescribeGroups",
    "consumer": "ConsumerGroupDescribe",
    "share": "ShareGroupDescribe",
    "streams": "StreamsGroupDescribe",
}
_OFFSETS_TOPIC = "__consumer_offsets"
_GROUP_ID_NOT_FOUND = 69


@dataclass(frozen=True)
class Listed:
    """A group as its coordinator lists it."""

    group: str
    type: str
    protocol_type: str
    state: str | None
    coordinator: int


@dataclass(frozen=True)
class Listing:
    """All groups, and the parts of `__consumer_offsets` whose groups could not be listed."""

    groups: tuple[Listed, ...]
    errors: Mapping[str, Missing]
    by_coordinator: Mapping[int, tuple[Listed, ...]]

    @property
    def share_groups(self) -> dict[int, list[str]]:
        """The ids of the share groups by coordinator, of those that have any."""
        found = {
            id_: [each.group for each in groups if each.type == "share"]
            for id_, groups in self.by_coordinator.items()
        }
        return {id_: ids for id_, ids in found.items() if ids}


async def list_groups(wire: Wire, registered: Registered) -> Listing:
    """Ask every broker for the groups that it coordinates."""
    answers = await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers))
    loading = [id_ for id_, reply in answers.items() if _is_loading(reply)]
    if loading:
        await asyncio.sleep(PAUSE_SECONDS)
        answers |= await wire.ask_all("ListGroups", dict.fromkeys(loading))
    replies, failed = split(answers)
    failed |= {
        f"broker {id_}": missing_for("ListGroups", reply.error_code)
        for id_, reply in replies.items()
        if reply.error_code != 0
    }
    by_coordinator = _once(
        {id_: [_listed(row, id_) for row in reply.groups] for id_, reply in replies.items()}
    )
    return Listing(
        groups=tuple(group for groups in by_coordinator.values() for group in groups),
        errors=_unseen(failed, registered),
        by_coordinator=by_coordinator,
    )


def _once(listed: Mapping[int, Sequence[Listed]]) -> dict[int, tuple[Listed, ...]]:
    """Leave out the second listing of a group: while its coordinator moves, both brokers list it.

    The one that is not its coordinator any more says so when it is asked to describe the group.
    """
    first: dict[str, int] = {}
    for id_, groups in listed.items():
        for each in groups:
            first.setdefault(each.group, id_)
    return {
        id_: tuple(each for each in groups if first[each.group] == id_)
        for id_, groups in listed.items()
    }


def _is_loading(reply: Any) -> bool:
    return getattr(reply, "error_code", 0) in COORDINATOR_MOVED


def _listed(row: Any, broker: int) -> Listed:
    type_ = str(getattr(row, "group_type", "") or "classic").lower()
    state = getattr(row, "group_state", None)
    return Listed(str(row.group_id), type_, row.protocol_type, state, broker)


def _unseen(failed: Mapping[str, Missing], registered: Registered) -> dict[str, Missing]:
    """Return what was not seen, in terms of the partitions of `__consumer_offsets`.

    A dead broker whose partitions have moved loses nothing.
    """
    errors: dict[str, Missing] = {}
    if registered.operations is not None and "Describe" not in registered.operations:
        errors["groups of others"] = Missing(
            "brokers list only the groups that this principal may describe", "Describe on Cluster"
        )
    offsets = {n: leader for topic, n, leader in registered.leaders() if topic == _OFFSETS_TOPIC}
    if not offsets:
        return errors | dict(failed)
    for number, leader in offsets.items():
        if leader is None:
            errors[f"{_OFFSETS_TOPIC}-{number}"] = Missing("it has no leader")
        elif f"broker {leader}" in failed:
            errors[f"{_OFFSETS_TOPIC}-{number}"] = failed[f"broker {leader}"]
    return errors


async def describe_groups(
    wire: Wire, listing: Listing, now: datetime
) -> tuple[Groups, Members, StreamsTopologies]:
    """Ask each coordinator once for each type of group that it has."""
    asked = [
        _describe(wire, type_, api, listing)
        for type_, api in _DESCRIBES.items()
        if any(group.type == type_ for group in listing.groups)
    ]
    described: dict[str, Any] = {}
    errors = dict(listing.errors)
    for found, failed in await asyncio.gather(*asked):
        described |= found
        errors |= failed
    there = [listed for listed in listing.groups if not _is_gone(described.get(listed.group))]
    groups = [_group(listed, described.get(listed.group)) for listed in there]
    errors |= {
        f"group {id_}": missing_for("DescribeGroups", group.error_code, id_)
        for id_, group in described.items()
        if group.error_code != 0 and not _is_gone(group)
    }
    members = [
        member
        for listed in listing.groups
        if listed.group in described
        for member in members_of(described[listed.group], listed.type)
    ]
    subtopologies = [
        row
        for listed in listing.groups
        if listed.type == "streams" and listed.group in described
        for row in subtopologies_of(described[listed.group])
    ]
    await tables_ready()
    return (
        Groups.from_rows(groups, read_at=now, errors=errors),
        Members.from_rows(members, read_at=now, errors=errors),
        StreamsTopologies.from_rows(subtopologies, read_at=now, errors=errors),
    )


async def _describe(
    wire: Wire, type_: str, api: str, listing: Listing
) -> tuple[dict[str, Any], dict[str, Missing]]:
    asked = {
        id_: [group.group for group in groups if group.type == type_]
        for id_, groups in listing.by_coordinator.items()
    }
    found, failed = await _described(wire, type_, api, asked)
    moved = moved_groups(found.values())
    if moved:
        again, lost = await _described(wire, type_, api, await coordinators_now(wire, moved))
        found |= again
        failed = lost | failed
    return found, failed


async def _described(
    wire: Wire, type_: str, api: str, asked: Mapping[int, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, Missing]]:
    field = "groups" if api == "DescribeGroups" else "group_ids"
    fields = {id_: {field: tuple(ids)} for id_, ids in asked.items() if ids}
    answers = await wire.ask_all(api, fields)
    replies, _ = split(answers)
    found = {str(group.group_id): group for reply in replies.values() for group in reply.groups}
    failed = {
        f"{type_} groups of broker {id_}": Missing(str(error))
        for id_, error in answers.items()
        if id_ not in replies
    }
    return found, failed


def _is_gone(described: Any) -> bool:
    """Tell whether the group was deleted between the list and the describe."""
    return described is not None and described.error_code == _GROUP_ID_NOT_FOUND


def _group(listed: Listed, described: Any) -> dict[str, Any]:
    code = 0 if described is None else int(described.error_code)
    trusted = described if code == 0 else None
    return {
        "group": listed.group,
        "type": listed.type,
        "protocol_type": listed.protocol_type,
        "protocol": getattr(trusted, "protocol_data", getattr(trusted, "assignor_name", None)),
        "state": getattr(trusted, "group_state", listed.state),
        "coordinator": listed.coordinator,
        "group_epoch": getattr(trusted, "group_epoch", None),
        "assignment_epoch": getattr(trusted, "assignment_epoch", None),
        "error": error_name(code) if code else None,
    }
