"""`kdiag group` as JSON, schema_version 1: the group, its rows of `kdiag lag`, and its past.

Additive changes only. What is not known is null; times are UTC. `group.schema.json` beside this
file describes it.
"""

import dataclasses
import json
from typing import Any

import kdiag
from kdiag.pages.changes import Changes
from kdiag.pages.group import GroupPage, MemberRow
from kdiag.pages.rebalanced import Client, Rebalance
from kdiag.pages.timeline import Timeline
from kdiag.render.json import plain
from kdiag.render.lag_json import changes_of, delta_of, row_of, unread_of

SCHEMA_VERSION = 1


def render(page: GroupPage, changed: Changes | None = None) -> str:
    """Return the page as a JSON document that ends in a newline."""
    return json.dumps(document(page, changed), indent=2, allow_nan=False) + "\n"


def document(page: GroupPage, changed: Changes | None = None) -> dict[str, Any]:
    """Return the page as plain values; changed: since the page before."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "kdiag", "version": kdiag.__version__},
        "cluster": {"id": page.cluster_id},
        "started_at": plain(page.taken_at),
        "duration_seconds": round(page.duration_seconds, 3),
        "requests": page.requests,
        "is_complete": page.is_complete,
        "group": page.group,
        "type": page.type,
        "state": page.state,
        "protocol_type": page.protocol_type,
        "protocol": page.protocol,
        "coordinator": {"broker": page.coordinator, "address": page.coordinator_address},
        "generation": page.generation,
        "empty_since": plain(page.empty_since),
        "members": None if page.members is None else [_member(each) for each in page.members],
        "topics": [row_of(row) | delta_of(row, changed) for row in page.topics],
        "partitions": [row_of(row) for row in page.partitions],
        "subtopologies": [plain(dataclasses.asdict(each)) for each in page.subtopologies],
        "timeline": None if page.timeline is None else _timeline(page.timeline),
        **changes_of(changed),
        "unread": [unread_of(gap) for gap in page.unread],
    }


def _member(member: MemberRow) -> dict[str, Any]:
    owned = member.partitions
    named = None if owned is None else [{"topic": t, "partition": p} for t, p in owned]
    made: dict[str, Any] = plain(dataclasses.asdict(member))
    return made | {"partitions": named}


def _timeline(timeline: Timeline) -> dict[str, Any]:
    return {
        "complete_since": plain(timeline.complete_since),
        "rebalances": [_rebalance(each) for each in timeline.rebalances],
        "commits": [plain(dataclasses.asdict(each)) for each in timeline.commits],
        "deleted_offsets": [plain(dataclasses.asdict(each)) for each in timeline.deleted],
    }


def _rebalance(each: Rebalance) -> dict[str, Any]:
    return {
        "at": plain(each.at),
        "generation": each.generation,
        "members": each.members,
        "joined": _clients(each.joined),
        "left": _clients(each.left),
        "seconds": each.seconds,
        "failed_before": each.failed_before,
    }


def _clients(those: tuple[Client, ...] | None) -> list[dict[str, Any]] | None:
    return None if those is None else [plain(one._asdict()) for one in those]
