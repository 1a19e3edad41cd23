"""From batches to sections: records by type, and what was left out of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from kdiag.sections import CommitHistory, GenerationHistory, HistoryReach, MemberHistory
from kdiag.snapshot import Missing, Section
from kdiag.sources.history import commits, generations, members
from kdiag.sources.history.arrays import Array
from kdiag.sources.history.commit_values import NO_VERSION
from kdiag.sources.history.fields import Malformed
from kdiag.sources.history.opened import Opened, opened, trusted_since
from kdiag.sources.history.records import UNREADABLE, Records
from kdiag.sources.history.tail import Tail
from kdiag.sources.times import time_of

_UNUSED = (4, 9, 15, 16, 18, 23)  # known types that no section needs

Unknown = Counter[tuple[int, int, int]]
"""(index of the tail, type, version) → records."""

Row = dict[str, Any]


def sections_of(
    tails: Sequence[Tail], errors: Mapping[str, Missing], now: datetime
) -> dict[type[Section], Section]:
    """Return the four histories. errors: target → what could not be read."""
    read = opened(tails)
    unknown: Unknown = Counter()
    trusted = np.flatnonzero(read.is_trusted)
    _count_unknown_types(read, trusted, unknown)
    older = np.flatnonzero(~read.is_trusted)
    histories: dict[type[Section], Section] = {
        CommitHistory: _commits(read, trusted, unknown, errors, now),
        GenerationHistory: GenerationHistory.from_rows(
            [*_last_before(read, older), *_generations(read, trusted, unknown)],
            read_at=now,
            errors=errors,
        ),
        MemberHistory: MemberHistory.from_rows(
            list(_rows(read, trusted, members.TYPES, unknown)), read_at=now, errors=errors
        ),
    }
    reach = [_reach(read, index, unknown, now) for index in range(len(tails))]
    histories[HistoryReach] = HistoryReach.from_rows(reach, read_at=now, errors=errors)
    return histories


def _commits(
    read: Opened, trusted: Array, unknown: Unknown, errors: Mapping[str, Missing], now: datetime
) -> CommitHistory:
    rows = trusted[np.isin(read.records.type[trusted], commits.TYPES)]
    numbers = np.array([tail.partition for tail in read.tails], np.int64)
    log_partition = numbers[read.tail_of[rows]]
    history, is_unknown, versions = commits.commit_history(read.records, rows, log_partition, now)
    for place in np.flatnonzero(is_unknown).tolist():
        row = rows[place]
        key = (int(read.tail_of[row]), int(read.records.type[row]), int(versions[place]))
        unknown[key] += 1
    return CommitHistory(rows=history.rows, read_at=now, errors=errors)


def _generations(read: Opened, chosen: Array, unknown: Unknown) -> Iterable[Row]:
    for row in _rows(read, chosen, generations.TYPES, unknown):
        yield {**row, "is_before_reach": False}


def _last_before(read: Opened, older: Array) -> list[Row]:
    """Return the last generation of each group from before the trusted history."""
    last = {
        (row["group"], row["kind"]): {**row, "is_before_reach": True}
        for row in _rows(read, older, generations.TYPES, Counter())
    }
    return list(last.values())


def _rows(read: Opened, chosen: Array, types: Sequence[int], unknown: Unknown) -> Iterable[Row]:
    """Yield the rows of records of some types, in log order, and count what is unknown."""
    records = read.records
    decode = members.member_record if types is members.TYPES else generations.generation
    for at in chosen[np.isin(records.type[chosen], types)].tolist():
        type_, tail = int(records.type[at]), int(read.tail_of[at])
        key, value = read.fields(at)
        try:
            row = decode(type_, key, value)
        except Malformed:
            unknown[tail, type_, _version(records, at)] += 1
            continue
        for name in ("state_since", "assigned_at"):
            if row.get(name) is not None:
                row[name] = time_of(row[name])
        yield {
            **row,
            "written_at": time_of(int(records.timestamp[at])),
            "log_partition": read.tails[tail].partition,
            "log_offset": int(records.offset[at]),
        }


def _version(records: Records, at: int) -> int:
    value = records.data[int(records.value_at[at]) : int(records.value_end[at])]
    return int.from_bytes(value[:2], "big", signed=True) if len(value) >= 2 else NO_VERSION


def _count_unknown_types(read: Opened, trusted: Array, unknown: Unknown) -> None:
    known = (*commits.TYPES, *generations.TYPES, *members.TYPES, *_UNUSED)
    for at in trusted[~np.isin(read.records.type[trusted], known)].tolist():
        type_ = int(read.records.type[at])
        version = NO_VERSION if type_ == UNREADABLE else _version(read.records, at)
        unknown[int(read.tail_of[at]), type_, version] += 1


def _reach(read: Opened, index: int, unknown: Unknown, now: datetime) -> Row:
    tail = read.tails[index]
    types = {key[1:]: count for key, count in unknown.items() if key[0] == index}
    return {
        "log_partition": tail.partition,
        "trustworthy_from": None if tail.start >= tail.end else trusted_since(tail, now),
        "trustworthy_from_offset": tail.trusted_from,
        "end_offset": tail.end,
        "bytes_read": tail.bytes_read,
        "stopped_by": tail.stopped_by,
        "corrupt_batches": tail.corrupt_batches,
        "undecided_records": read.undecided[index],
        "unknown_records": sum(types.values()),
        "unknown_types": tuple((*key, count) for key, count in sorted(types.items())),
    }
