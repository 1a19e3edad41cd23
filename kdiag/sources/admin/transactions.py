"""Transactions as their coordinators know them: ListTransactions, DescribeTransactions (KIP-664).

The broker that lists a transactional id is its coordinator, so FindCoordinator, which creates
`__transaction_state`, is never needed. Brokers leave out, without a word, the transactional ids
that the principal may not describe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kdiag.errors import Unsupported
from kdiag.sections import Transactions
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.outcome import known, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.sources.times import time_of
from kdiag.wire.cluster import Wire

_TOPIC = "__transaction_state"
_SETTLED = frozenset({"Empty", "CompleteCommit", "CompleteAbort", "Dead"})
_MOST_DESCRIBED = 5000  # open transactions of one coordinator: 0.5 MB of a reply
_GONE = 105  # TRANSACTIONAL_ID_NOT_FOUND
_SINCE = "Kafka 3.0 or newer"


@dataclass(frozen=True)
class _Listed:
    """A transactional id as its coordinator lists it."""

    transactional_id: str
    state: str
    producer_id: int
    coordinator: int


async def read_transactions(
    wire: Wire, registered: Registered, now: datetime
) -> Transactions | Missing:
    """Ask every broker for the transactional ids that it coordinates, and for their transactions.

    Missing where no broker offers the requests (before Kafka 3.0).
    """
    answers = await wire.ask_all("ListTransactions", dict.fromkeys(wire.brokers))
    if answers and all(isinstance(answer, Unsupported) for answer in answers.values()):
        return Missing(str(next(iter(answers.values()))), _SINCE)
    replies, failed = split(answers)
    failed |= {
        f"broker {id_}": missing_for("ListTransactions", reply.error_code)
        for id_, reply in replies.items()
        if reply.error_code != 0
    }
    listed = [_listed(row, id_) for id_, reply in replies.items() for row in _rows(reply)]
    described, errors = await _describe(wire, listed)
    await tables_ready()
    return Transactions.from_rows(
        [_row(each, described.get(each.transactional_id)) for each in _there(listed, described)],
        read_at=now,
        errors=_unseen(failed, registered) | errors,
    )


def _rows(reply: Any) -> Any:
    return reply.transaction_states


def _listed(row: Any, broker: int) -> _Listed:
    return _Listed(
        str(row.transactional_id), row.transaction_state, int(row.producer_id), int(broker)
    )


def _unseen(failed: Mapping[str, Missing], registered: Registered) -> dict[str, Missing]:
    """Return what was not seen, in terms of the partitions of `__transaction_state`.

    A dead broker whose partitions have moved loses nothing.
    """
    leaders = {n: leader for topic, n, leader in registered.leaders() if topic == _TOPIC}
    if not leaders:
        return dict(failed)
    unseen: dict[str, Missing] = {}
    for number, leader in leaders.items():
        if leader is None:
            unseen[f"partition {_TOPIC}-{number}"] = Missing("it has no leader")
        elif f"broker {leader}" in failed:
            unseen[f"partition {_TOPIC}-{number}"] = failed[f"broker {leader}"]
    return unseen


async def _describe(wire: Wire, listed: list[_Listed]) -> tuple[dict[str, Any], dict[str, Missing]]:
    """Ask each coordinator once for its open transactions."""
    open_: dict[int, list[str]] = {}
    for each in listed:
        if each.state not in _SETTLED:
            open_.setdefault(each.coordinator, []).append(each.transactional_id)
    fields = {id_: {"transactional_ids": ids[:_MOST_DESCRIBED]} for id_, ids in open_.items()}
    replies, failed = split(await wire.ask_all("DescribeTransactions", fields))
    errors = {f"transactions of {broker}": why for broker, why in failed.items()}
    errors |= {
        f"open transactions of broker {id_}": Missing(
            f"{len(ids) - _MOST_DESCRIBED} beyond the {_MOST_DESCRIBED} that are described"
        )
        for id_, ids in open_.items()
        if len(ids) > _MOST_DESCRIBED
    }
    described = {
        str(row.transactional_id): row for reply in replies.values() for row in _rows(reply)
    }
    errors |= {
        f"transactional id {id_}": missing_for("DescribeTransactions", row.error_code, id_)
        for id_, row in described.items()
        if row.error_code not in (0, _GONE)
    }
    return described, errors


def _there(listed: list[_Listed], described: Mapping[str, Any]) -> list[_Listed]:
    """Leave out what was removed between the list and the describe."""
    gone = {id_ for id_, row in described.items() if row.error_code == _GONE}
    return [each for each in listed if each.transactional_id not in gone]


def _row(listed: _Listed, described: Any) -> dict[str, Any]:
    row = {
        "transactional_id": listed.transactional_id,
        "coordinator": listed.coordinator,
        "state": listed.state,
        "producer_id": known(listed.producer_id),
    }
    if described is None or described.error_code != 0:
        return row
    return row | {
        "state": described.transaction_state,
        "producer_id": known(described.producer_id),
        "producer_epoch": known(described.producer_epoch),
        "timeout_seconds": described.transaction_timeout.total_seconds(),
        "started_at": time_of(described.transaction_start_time),
        "partitions": tuple(
            (str(topic.topic), int(partition))
            for topic in described.topics
            for partition in topic.partitions
        ),
    }
