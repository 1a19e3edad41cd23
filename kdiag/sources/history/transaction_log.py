"""What became of transactions: records of `__transaction_state` (KIP-98, KIP-890).

Schemas: TransactionLogKey (version 0, not flexible) and TransactionLogValue (versions 0 and 1) of
Kafka's transaction-coordinator. The fields that are read come first in both versions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from kdiag.sections import TransactionHistory
from kdiag.snapshot import Missing
from kdiag.sources.history.fields import Fields, Malformed
from kdiag.sources.history.opened import Opened, opened, trusted_since
from kdiag.sources.history.tail import Tail
from kdiag.sources.times import time_of

_STATES = (
    "Empty",
    "Ongoing",
    "PrepareCommit",
    "PrepareAbort",
    "CompleteCommit",
    "CompleteAbort",
    "Dead",
    "PrepareEpochFence",
)
"""By their number (TransactionState of Kafka)."""

_KEY_VERSION = 0
_VERSIONS, _FLEXIBLE_SINCE = (0, 1), 1

Row = dict[str, Any]


def transaction_history(
    tails: Sequence[Tail], errors: Mapping[str, Missing], now: datetime
) -> TransactionHistory:
    """Return the records of the last TransactionHistory.seconds. errors: what was not read."""
    since = now - timedelta(seconds=TransactionHistory.seconds)
    read = opened(tails)
    rows: list[Row] = []
    unreadable: Counter[int] = Counter()
    for at in np.flatnonzero(read.is_trusted).tolist():
        written_at = time_of(int(read.records.timestamp[at]))
        if written_at is None or written_at < since:
            continue
        number = tails[int(read.tail_of[at])].partition
        try:
            rows.append(_row(read, at) | {"written_at": written_at, "log_partition": number})
        except Malformed:
            unreadable[number] += 1
    return TransactionHistory.from_rows(
        rows, read_at=now, errors={**_short(tails, since, now), **_strange(unreadable), **errors}
    )


def _row(read: Opened, at: int) -> Row:
    """Return the columns that a record tells.

    Raises Malformed for a version that is not known, or bytes that are not what it says.
    """
    if int(read.records.type[at]) != _KEY_VERSION:
        raise Malformed("the version of the key is not known")
    key, value = read.fields(at)
    row: Row = {"transactional_id": key.text(), "log_offset": int(read.records.offset[at])}
    if value is None:
        return row | {"is_tombstone": True}
    version = value.int16()
    if version not in _VERSIONS:
        raise Malformed("the version of the value is not known")
    value.is_flexible = version >= _FLEXIBLE_SINCE
    row["producer_id"] = value.int64()
    row["producer_epoch"] = value.int16()
    row["timeout_seconds"] = value.int32() / 1000
    state = value.int8()
    if not 0 <= state < len(_STATES):
        raise Malformed(f"state {state} is not known")
    return row | {"state": _STATES[state], "partitions": _partitions(value) or None}


def _partitions(value: Fields) -> tuple[tuple[str, int], ...]:
    """Return the partitions of a transaction; none once it is complete."""
    found = []
    for _ in range(value.count()):
        topic = value.text() or ""
        found += [(topic, value.int32()) for _ in range(value.count())]
        value.tags()
    return tuple(found)


def _short(tails: Sequence[Tail], since: datetime, now: datetime) -> dict[str, Missing]:
    """Return the log partitions of which older records of that time could not be read."""
    short: dict[str, Missing] = {}
    for tail in tails:
        complete_from = trusted_since(tail, now)
        if tail.stopped_by == "start" or (complete_from is not None and complete_from <= since):
            continue
        seen = 0 if complete_from is None else round((now - complete_from).total_seconds())
        short[_target(tail.partition)] = Missing(
            f"only its last {seen} s could be read ({tail.stopped_by})", "--history-mib"
        )
    return short


def _strange(unreadable: Mapping[int, int]) -> dict[str, Missing]:
    return {
        _target(number): Missing(
            f"{count} of its records are of a version that is not known", "a newer kdiag"
        )
        for number, count in sorted(unreadable.items())
    }


def _target(number: int) -> str:
    return f"partition __transaction_state-{number}"
