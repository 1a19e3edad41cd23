"""What share groups gave up: records that are archived without having been accepted.

A record is archived when it was delivered as often as share.delivery.count.limit allows, when its
consumer rejects it, or when its offset holds none (compacted away, a transaction marker: the
client acknowledges the gap). Only the first kind is told by its delivery count; it is what a
consumer that fails on a record, or crashes, leaves behind.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kdiag.check import derive
from kdiag.sections import GroupConfigs, ShareStateHistory
from kdiag.snapshot import Missing, Table

ARCHIVED = 4
"""Delivery state of a record that is not delivered again (RecordState of Kafka)."""

_LIMIT = "share.delivery.count.limit"
_DEAD_LETTERS = "errors.deadletterqueue.topic.name"

Range = tuple[int, int]


class ShareArchive(Table):
    """One row a share group and partition whose state was read.

    exhausted_records: archived after as many deliveries as the group allows, since seen_from.
    other_records: archived before that: rejected, or no record at all. ranges: tuple of (first
    offset, last offset) of the exhausted ones. archived_at: when the last of them was.
    delivery_limit: share.delivery.count.limit. dead_letter_topic: None where the group has none.
    """

    noun = "share-partitions"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "exhausted_records": "int",
        "other_records": "int",
        "ranges": "object",
        "archived_at": "time",
        "seen_from": "time",
        "delivery_limit": "int",
        "dead_letter_topic": "str",
    }


@derive()
def share_archive(states: ShareStateHistory, configs: GroupConfigs) -> ShareArchive:
    """Add up the archived offsets of each partition; each counts once, however often written."""
    limits = _values(configs, _LIMIT)
    letters = _values(configs, _DEAD_LETTERS)
    rows, errors = [], {}
    known = states.rows[states.rows["topic"].notna()]
    for (group, topic, partition), records in known.groupby(["group", "topic", "partition"]):
        if group not in limits:
            errors[f"group {group}"] = Missing(f"its {_LIMIT} is not known", _grant(group, configs))
            continue
        limit = int(limits[group])
        rows.append(
            {
                "group": group,
                "topic": topic,
                "partition": int(partition),
                "delivery_limit": limit,
                "dead_letter_topic": letters.get(group) or None,
                **_counts(records, limit),
            }
        )
    return ShareArchive.from_rows(rows, errors=errors)


def _values(configs: GroupConfigs, key: str) -> dict[str, str]:
    rows = configs.only("key", key)
    return dict(zip(rows["group"], rows["value"], strict=True))


def _grant(group: str, configs: GroupConfigs) -> str:
    """Return what would tell a setting of a group: a newer broker where others are told."""
    is_told = bool((configs.rows["group"] == group).any())
    return "Kafka 4.2" if is_told else f"DescribeConfigs on Group {group}"


def _counts(records: Any, limit: int) -> dict[str, Any]:
    """Return the columns that the records of one share-partition amount to."""
    records = _since_reset(records)
    exhausted: list[Range] = []
    other: list[Range] = []
    archived_at = None
    for batches, at in zip(records["batches"], records["written_at"], strict=True):
        for first, last, state, deliveries in batches:
            if state == ARCHIVED and deliveries < limit:
                other.append((first, last))
            elif state == ARCHIVED:
                exhausted.append((first, last))
                archived_at = at if archived_at is None else max(at, archived_at)
    ranges = tuple(_united(exhausted))
    return {
        "exhausted_records": _offsets(ranges),
        "other_records": _offsets(_united(other)),
        "ranges": ranges,
        "archived_at": archived_at,
        "seen_from": records["seen_from"].min(),
    }


def _since_reset(records: Any) -> Any:
    """Leave out what was before the start offset was last set by hand: a new state epoch."""
    epochs = records["state_epoch"].dropna()
    if epochs.nunique() < 2:
        return records
    begin = records[records["state_epoch"] == epochs.max()]["log_offset"].min()
    return records[records["log_offset"] >= begin]


def _united(ranges: Iterable[Range]) -> Iterator[Range]:
    """Yield the ranges in order, those that touch or overlap as one."""
    begin: int | None = None
    end = 0
    for first, last in sorted(ranges):
        if begin is None:
            begin, end = first, last
        elif first <= end + 1:
            end = max(end, last)
        else:
            yield begin, end
            begin, end = first, last
    if begin is not None:
        yield begin, end


def _offsets(ranges: Iterable[Range]) -> int:
    return sum(last - first + 1 for first, last in ranges)
