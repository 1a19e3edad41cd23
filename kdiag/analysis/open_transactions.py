"""Which transactions hold back readers, and whether their coordinators still know them.

A partition's last stable offset is where its first open transaction begins; read_committed readers
get nothing beyond it. Where it moves between two samples the workload is busy and healthy, however
far it is behind the end. Where it stands, one and the same transaction was open in both samples.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from kdiag.analysis.standing_offsets import (
    held_offsets,
    holders,
    standing_offsets,
    writing,
)
from kdiag.check import Earlier, derive
from kdiag.finding import NotApplicable
from kdiag.sections import BrokerConfigs, Offsets, Producers, Transactions
from kdiag.snapshot import Missing, Table

SILENT_SECONDS = 300.0
"""Silence from which an open transaction counts as abandoned.

Five times the default transaction.timeout.ms of a producer (ProducerConfig) and the default
interval at which Connect ends a transaction (offset.flush.interval.ms): jobs that commit at
checkpoints of a few minutes stay below."""

LONG_SECONDS = 900.0
"""Age from which a transaction is too long even where it still grows.

Default transaction.max.timeout.ms of brokers (TransactionStateManagerConfig)."""

OVERDUE_SECONDS = 60.0
"""How long after its timeout a coordinator has surely begun to abort a transaction.

Six times transaction.abort.timed.out.transaction.cleanup.interval.ms."""

OPEN_STATES = ("Ongoing", "PrepareCommit", "PrepareAbort", "PrepareEpochFence")
"""States in which a coordinator knows a transaction that is not over (TransactionState)."""

_UNSEEN_GRANT = "Describe on TransactionalId *"
_ONE_SAMPLE = Missing("only one sample was taken", "--sample-seconds")
_UNUSED = "there are no transactional ids"

Key = tuple[int, str, int]
"""Producer id, topic, partition."""


class OpenTransactions(Table):
    """One row a partition whose last stable offset stands below the end in both samples.

    held_records: offsets from there to the end. producer_id, producer_epoch: whose transaction is
    the first open one. is_known: a coordinator lists it as open with this partition; else it is
    hanging, and nobody will ever end it. state, transactional_id: at the coordinator, None where
    it lists no such producer. is_writing: it added records between the samples. open_seconds: by
    the coordinator's clock, for what is not known by the timestamp of its newest record.
    silent_seconds: since that record, 0 where it is writing. timeout_seconds: after which the
    coordinator aborts it. Partitions of which it cannot be told who holds them are under `errors`.
    """

    noun = "partitions held back by a transaction"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "last_stable_offset": "int",
        "held_records": "int",
        "open_since_offset": "int",
        "producer_id": "int",
        "producer_epoch": "int",
        "transactional_id": "str",
        "state": "str",
        "is_known": "bool",
        "is_writing": "bool",
        "open_seconds": "float",
        "silent_seconds": "float",
        "timeout_seconds": "float",
    }

    def hanging(self) -> Any:
        """Return the rows whose transaction no coordinator knows."""
        return self.rows[~self.rows["is_known"]]

    def stuck(self, silent_seconds: float, long_seconds: float) -> Any:
        """Return the rows that are hanging or overlong."""
        chosen = [self.hanging(), self.overlong(silent_seconds, long_seconds)]
        return self.rows.loc[sorted(index for rows in chosen for index in rows.index)]

    def overlong(self, silent_seconds: float, long_seconds: float) -> Any:
        """Return the rows of known transactions that are silent, too long, or overdue."""
        rows = self.rows
        overdue = rows["open_seconds"] > rows["timeout_seconds"] + OVERDUE_SECONDS
        late = (rows["silent_seconds"] >= silent_seconds) | (rows["open_seconds"] >= long_seconds)
        return rows[rows["is_known"] & (late | overdue)]


class _Seen(NamedTuple):
    """What the coordinators told in both samples.

    known: open transactions by producer and partition. listed: producer id → its row now.
    is_complete: nothing can have been left out.
    """

    known: Mapping[Key, Any]
    listed: Mapping[int, Any]
    is_complete: bool


class _Told(NamedTuple):
    """Whether a coordinator knows a transaction, and how it lists the producer, if at all."""

    is_known: bool
    listed: Any


@derive()
def open_transactions(
    offsets: Offsets,
    transactions: Transactions,
    producers: Producers,
    offsets_before: Earlier[Offsets] | None,
    transactions_before: Earlier[Transactions] | None,
    producers_before: Earlier[Producers] | None,
    broker_configs: BrokerConfigs | None,
) -> OpenTransactions | Missing | NotApplicable:
    """Join what stands with the producer that holds it and with what its coordinator says.

    One sample is enough where nothing is held back.
    """
    held_back = held_offsets(offsets)
    if held_back.empty:
        is_unused = not len(transactions) and not transactions.errors
        return NotApplicable(_UNUSED) if is_unused else OpenTransactions.of()
    if offsets_before is None or transactions_before is None:
        return _ONE_SAMPLE
    standing = standing_offsets(held_back, offsets_before)
    held = holders(standing, producers)
    seen = _Seen(
        _known(transactions_before) | _known(transactions),
        _listed(transactions, held),
        not transactions.errors and not transactions_before.errors and _has_no_acls(broker_configs),
    )
    wrote = writing(producers, producers_before)
    rows: list[dict[str, Any]] = []
    errors: dict[str, Missing] = {}
    for row in held.itertuples():
        told = _told(row, seen)
        if isinstance(told, Missing):
            errors[f"transaction on {row.topic}-{row.partition}"] = told
            continue
        is_writing = (row.producer_id, row.topic, row.partition) in wrote
        times = _times(row, told, is_writing, producers.read_at)
        rows.append(_transaction(row, told) | times | {"is_writing": is_writing})
    return OpenTransactions.from_rows(rows, errors=errors)


def _known(transactions: Transactions) -> dict[Key, Any]:
    rows = transactions.rows[transactions.rows["state"].isin(OPEN_STATES)]
    return {
        (row.producer_id, topic, partition): row
        for row in rows.itertuples()
        for topic, partition in row.partitions or ()
    }


def _listed(transactions: Transactions, held: Any) -> dict[int, Any]:
    rows = transactions.rows[transactions.rows["producer_id"].isin(held["producer_id"])]
    return {row.producer_id: row for row in rows.itertuples()}


def _has_no_acls(broker_configs: BrokerConfigs | None) -> bool:
    """Tell whether no broker has an authorizer, so that nothing can be hidden from us."""
    if broker_configs is None or broker_configs.errors:
        return False
    values = broker_configs.only("key", "authorizer.class.name")["value"]
    return len(values) > 0 and not any(values)


def _told(row: Any, seen: _Seen) -> _Told | Missing:
    """Return what the coordinators say of a producer's open transaction.

    Missing where it cannot be told: brokers list no transactional id that is hidden from us. One
    that is listed, but not with this transaction, hides nothing.
    """
    known = seen.known.get((row.producer_id, row.topic, row.partition))
    if known is not None:
        return _Told(True, known)
    listed = seen.listed.get(row.producer_id)
    if listed is not None and listed.state in OPEN_STATES and listed.partitions is None:
        return Missing(f"the transaction of {listed.transactional_id} was not described")
    if listed is not None or seen.is_complete:
        return _Told(False, listed)
    return Missing(
        f"producer {row.producer_id} belongs to no transactional id that could be seen",
        _UNSEEN_GRANT,
    )


def _transaction(row: Any, told: _Told) -> dict[str, Any]:
    listed = told.listed
    return {
        "topic": row.topic,
        "partition": row.partition,
        "last_stable_offset": row.last_stable_offset,
        "held_records": row.end_offset - row.last_stable_offset,
        "open_since_offset": row.open_since_offset,
        "producer_id": row.producer_id,
        "producer_epoch": row.producer_epoch,
        "transactional_id": None if listed is None else listed.transactional_id,
        "state": None if listed is None else listed.state,
        "is_known": told.is_known,
        "timeout_seconds": listed.timeout_seconds if told.is_known else None,
    }


def _times(row: Any, told: _Told, is_writing: bool, now: datetime) -> dict[str, float]:
    """Return for how long it has been open and silent.

    Timestamps of records are the producer's own: those of a replay lie in the past and are then
    older than the transaction, broken ones lie in the future and say nothing.
    """
    newest = _seconds_since(row.last_timestamp, now)
    ages = [] if newest is None or newest < 0 else [newest]
    if told.is_known:
        open_seconds = max(0.0, _seconds_since(told.listed.started_at, now) or 0.0)
        ages.append(open_seconds)
    else:
        open_seconds = min(ages, default=math.nan)
    return {
        "open_seconds": open_seconds,
        "silent_seconds": 0.0 if is_writing else min(ages, default=math.nan),
    }


def _seconds_since(time: Any, now: datetime) -> float | None:
    import pandas

    return None if pandas.isna(time) else float((now - time).total_seconds())
