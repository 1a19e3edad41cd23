"""Producers that took a transactional.id over from one that was still at work.

InitProducerId with an id whose transaction is open aborts it under a higher epoch, and fences the
producer that had it; the next one begins in state Empty. A producer that aborts its own
transaction keeps its epoch, or goes on without being initialised (KIP-890), so a growing epoch
alone says nothing. An abort after the timeout is the coordinator's own.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kdiag.check import derive
from kdiag.sections import TransactionHistory
from kdiag.snapshot import Table


class Takeovers(Table):
    """One row a transactional id and time that it was taken over from an open transaction.

    producer_epoch: of the newcomer. open_seconds: age of the transaction that was aborted.
    """

    noun = "takeovers"
    needs_rows = False
    columns = {
        "transactional_id": "str",
        "at": "time",
        "producer_epoch": "int",
        "open_seconds": "float",
    }


@derive()
def takeovers(history: TransactionHistory) -> Takeovers:
    """Follow the changes of each transactional id in their order."""
    rows = history.rows.sort_values(["log_partition", "log_offset"])
    found = [
        {"transactional_id": id_, **takeover}
        for id_, changes in rows.groupby("transactional_id", sort=False)
        for takeover in _takeovers(changes)
    ]
    return Takeovers.from_rows(found)


def _takeovers(changes: Any) -> Iterator[dict[str, Any]]:
    """Yield each Empty that follows an open transaction which was aborted under a higher epoch."""
    began: tuple[datetime, int] | None = None
    open_seconds: float | None = None
    for row in changes.itertuples():
        if row.state == "Ongoing":
            began = began or (row.written_at, row.producer_epoch)
            open_seconds = None
        elif row.state == "PrepareAbort" and began is not None:
            age = (row.written_at - began[0]).total_seconds()
            is_fence = row.producer_epoch > began[1] and age < row.timeout_seconds
            open_seconds = age if is_fence else None
        elif row.state == "Empty" and open_seconds is not None:
            yield {
                "at": row.written_at,
                "producer_epoch": row.producer_epoch,
                "open_seconds": open_seconds,
            }
        if row.state in ("Empty", "CompleteCommit", "CompleteAbort"):
            began = None
        if row.state in ("Empty", "PrepareCommit"):
            open_seconds = None
