"""Transactions that were left open and hold back everything behind them.

A read_committed reader gets nothing beyond the first open transaction of a partition, although
records arrive and readers of uncommitted records see all of them. The coordinator knows the
transaction and will abort it at its timeout; until then everything behind it waits. A transaction
that is young, or still grows and is not too old, is a workload and no fault.

Reads: ListOffsets (last stable offset and end, two samples), ListTransactions,
DescribeTransactions, DescribeProducers, OffsetFetch (for the groups that wait).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from kdiag.api import (
    LONG_SECONDS,
    SILENT_SECONDS,
    Action,
    BlockedReaders,
    Finding,
    OpenTransactions,
    Said,
    Subject,
    check,
    count,
    group,
    listed,
    partition,
    span,
)


@check(area="transactions")
def open_transaction_pins_lso(
    open_transactions: OpenTransactions,
    readers: BlockedReaders | None,
    *,
    max_silent_seconds: float = SILENT_SECONDS,
    max_open_seconds: float = LONG_SECONDS,
) -> Said:
    """Transactions that are left open, so that readers of committed records wait behind them.

    max_silent_seconds: how long a transaction may stay open without a new record.
    max_open_seconds: how long it may stay open at all.
    """
    rows = open_transactions.overlong(max_silent_seconds, max_open_seconds)
    for id_, held in rows.groupby("transactional_id"):
        row = held.sort_values("held_records").iloc[-1]
        places = list(zip(held["topic"].tolist(), held["partition"].tolist(), strict=True))
        blocked = _blocked(readers, held)
        subjects = [partition(*place) for place in places] + [group(*each) for each in blocked]
        yield Finding(
            "critical" if blocked else "warning",
            Subject.of("transactional_id", transactional_id=id_),
            f"A transaction of {id_} is open for {span(row.open_seconds)}"
            f"{_silence(row)}; the last stable offset of {_names(places)} stands at "
            f"{row.last_stable_offset}.",
            _impact(int(held["held_records"].sum()), blocked, row),
            cause=_cause(row),
            evidence={
                "producer_id": row.producer_id,
                "producer_epoch": row.producer_epoch,
                "state": row.state,
                "open_seconds": round(row.open_seconds),
                "silent_seconds": round(row.silent_seconds),
                "timeout_seconds": round(row.timeout_seconds),
                "held_partitions": [f"{topic}-{number}" for topic, number in places],
                "held_records": int(held["held_records"].sum()),
                "blocked_groups": sorted({name for name, _ in blocked}),
            },
            actions=tuple(_actions(id_)),
            confidence="possible" if row.is_writing else "likely",
            since=(open_transactions.read_at - timedelta(seconds=row.open_seconds)),
            covers=frozenset(subjects),
            kind=_kind(row),
        )


def _kind(row: Any) -> str:
    """Return which of the causes it is."""
    if row.state != "Ongoing":
        return "decided"
    if row.open_seconds > row.timeout_seconds:
        return "overdue"
    return "writing" if row.is_writing else "silent"


def _blocked(readers: BlockedReaders | None, held: Any) -> list[tuple[str, str]]:
    """Return the groups, and on which topic, that wait at one of these partitions."""
    if readers is None:
        return []
    rows = readers.rows.merge(held[["topic", "partition"]], on=["topic", "partition"])
    return sorted(set(zip(rows["group"], rows["topic"], strict=True)))


def _names(places: list[tuple[str, Any]]) -> str:
    return listed(f"{topic}-{number}" for topic, number in places)


def _silence(row: Any) -> str:
    if row.is_writing:
        return " and still grows"
    return f", {span(row.silent_seconds)} of it without a new record"


def _impact(held_records: int, blocked: list[tuple[str, str]], row: Any) -> str:
    names = list(dict.fromkeys(name for name, _ in blocked))
    among = f", {'groups' if len(names) > 1 else 'group'} {listed(names)} among them," * bool(names)
    return (
        f"Readers with isolation.level=read_committed{among} get none of the "
        f"{count(held_records, 'offset')} behind it{_until(row)}."
    )


def _until(row: Any) -> str:
    left = row.timeout_seconds - row.open_seconds
    return f" until the coordinator aborts it in {span(left)}" if left > 0 else ""


def _cause(row: Any) -> str:
    if row.state != "Ongoing":
        return (
            f"It is in state {row.state}: the coordinator has decided, but cannot write the "
            "marker to some partition."
        )
    if row.open_seconds > row.timeout_seconds:
        return "The coordinator has not aborted it although its timeout is over."
    if row.is_writing:
        return "Its producer writes and does not commit: a very long batch."
    return "Its producer hangs, or died and has not come back; its timeout is long."


def _actions(id_: Any) -> Iterator[Action]:
    yield Action(
        f"Find the application that uses transactional.id {id_}, and restart it: initialising a "
        "producer with the same id aborts what is open.",
        "kafka-transactions.sh --bootstrap-server {bootstrap} describe "
        "--transactional-id {transactional_id}",
        values={"transactional_id": id_},
    )
    yield Action(
        "If it will not come back, end the transaction by force; its records are lost, and a "
        "producer that still uses the id is fenced.",
        "kafka-transactions.sh --bootstrap-server {bootstrap} "
        "forceTerminateTransaction --transactionalId {transactional_id}",
        "disruptive",
        {"transactional_id": id_},
    )
