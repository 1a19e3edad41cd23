"""How far share groups have got: one DescribeShareGroupOffsets a coordinator (KIP-932).

The coordinator asks the share coordinator, so that nothing has to be looked up. Version 1 (Kafka
4.2, KIP-1226) also tells the lag.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kdiag.sections import ShareOffsets
from kdiag.snapshot import Missing
from kdiag.sources.admin.groups import Listing
from kdiag.sources.admin.outcome import known, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire
from kdiag.wire.error_codes import error_name

_API = "DescribeShareGroupOffsets"


async def read_share_offsets(wire: Wire, listing: Listing, now: datetime) -> ShareOffsets:
    """Ask each coordinator for the start offsets of its share groups."""
    asked = {
        id_: {"groups": [{"group_id": group, "topics": None} for group in groups]}
        for id_, groups in listing.share_groups.items()
    }
    replies, failed = split(await wire.ask_all(_API, asked))
    errors = dict(listing.errors)
    errors |= {f"share-group offsets at {target}": why for target, why in failed.items()}
    groups = [group for reply in replies.values() for group in reply.groups]
    errors |= _refused(groups)
    rows = [row for group in groups for row in _rows(group)]
    await tables_ready()
    return ShareOffsets.from_rows(rows, read_at=now, errors=errors)


def _rows(group: Any) -> Iterator[dict[str, Any]]:
    for topic in group.topics:
        for row in topic.partitions:
            code = int(row.error_code)
            yield {
                "group": str(group.group_id),
                "topic": str(topic.topic_name),
                "partition": int(row.partition_index),
                "start_offset": None if code else known(row.start_offset),
                "leader_epoch": None if code else known(row.leader_epoch),
                "lag_records": None if code else known(getattr(row, "lag", -1)),
                "error": error_name(code) if code else None,
            }


def _refused(groups: list[Any]) -> dict[str, Missing]:
    """Return groups, and topics of groups, that the coordinator did not tell."""
    errors: dict[str, Missing] = {}
    for group in groups:
        id_ = str(group.group_id)
        if group.error_code:
            errors[f"group {id_}"] = missing_for(_API, int(group.error_code), id_)
        for topic in group.topics:
            name, codes = str(topic.topic_name), [int(row.error_code) for row in topic.partitions]
            if any(codes):
                errors[f"group {id_}, topic {name}"] = missing_for(_API, max(codes), name)
    return errors
