"""Where partitions and groups are now, after a broker said that they had moved.

Leaders and coordinators change while a pass asks for them: a rolling restart, a preferred leader
election. Whoever was asked in vain is asked again once, at the new place; what is refused there,
too, stays unknown and is no fault.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from kdiag.errors import KdiagError
from kdiag.sources.admin.outcome import known, split
from kdiag.wire.cluster import Wire

LEADER_MOVED: Final = frozenset({5, 6, 74, 75, 78})
"""LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH,
OFFSET_NOT_AVAILABLE (a new leader does not know its high watermark yet)."""

UNKNOWN_TOPIC: Final = 3
"""UNKNOWN_TOPIC_OR_PARTITION: of a broker that no longer has it, or that has yet to hear of it."""

COORDINATOR_MOVED: Final = frozenset({14, 15, 16})
"""COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR."""

PAUSE_SECONDS: Final = 0.3  # an election ends, a coordinator has loaded most of a partition


class LeadersNow(NamedTuple):
    """Leader of each topic and partition, and the topics that were deleted meanwhile."""

    leaders: Mapping[tuple[str, int], int]
    deleted: frozenset[str] = frozenset()


async def leaders_now(wire: Wire, topics: Iterable[str]) -> LeadersNow:
    """Return where the partitions of some topics are led; nothing where nobody tells."""
    await asyncio.sleep(PAUSE_SECONDS)
    asked = {"topics": [{"name": name} for name in sorted(set(topics))]}
    try:
        reply = await wire.ask(None, "Metadata", asked)
    except KdiagError:
        return LeadersNow({})
    leaders = {
        (str(topic.name), int(part.partition_index)): int(part.leader_id)
        for topic in reply.topics
        for part in topic.partitions
        if known(part.leader_id) is not None
    }
    deleted = (str(topic.name) for topic in reply.topics if topic.error_code == UNKNOWN_TOPIC)
    return LeadersNow(leaders, frozenset(deleted))


async def coordinators_now(wire: Wire, groups: Collection[str]) -> Mapping[int, list[str]]:
    """Return the groups by the broker that lists them now."""
    await asyncio.sleep(PAUSE_SECONDS)
    replies, _ = split(await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers)))
    found: dict[int, list[str]] = {}
    for id_, reply in replies.items():
        listed = [str(row.group_id) for row in reply.groups if row.group_id in groups]
        if listed:
            found[id_] = listed
    return found


def moved_groups(groups: Iterable[Any]) -> set[str]:
    """Return the ids of the groups whose answer says that their coordinator has moved."""
    return {str(each.group_id) for each in groups if int(each.error_code) in COORDINATOR_MOVED}
