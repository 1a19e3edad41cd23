"""Transactions that are open in a partition while no coordinator knows them.

Records were appended after the coordinator had finished (KAFKA-14053; producers and brokers before
KIP-890), or the coordinator lost its state. Nobody will ever write the marker that ends it, no
timeout applies, and readers of committed records are stopped for good; the log cannot be compacted
beyond it either. Told by two samples: the transaction was open in the partition all the time
between them, and its coordinator did not list it as open in either.

Reads: ListOffsets (last stable offset and end, two samples), DescribeProducers, ListTransactions,
DescribeTransactions, DescribeConfigs (authorizer.class.name: whether ids may be hidden from us),
ApiVersions (transaction.version).
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    Action,
    BlockedReaders,
    Cluster,
    Finding,
    OpenTransactions,
    Said,
    check,
    count,
    group,
    listed,
    partition,
)


@check(area="transactions")
def hanging_transaction(
    open_transactions: OpenTransactions, readers: BlockedReaders | None, cluster: Cluster | None
) -> Said:
    """Partitions with an open transaction that nobody will end."""
    for row in open_transactions.hanging().itertuples():
        subject = partition(row.topic, row.partition)
        blocked = _blocked(readers, row)
        yield Finding(
            "critical",
            subject,
            f"The transaction of producer {row.producer_id} on {row.topic}-{row.partition} hangs: "
            f"it is open since offset {row.open_since_offset}, and {_coordinator(row)}.",
            _impact(row, blocked),
            cause="Records reached the partition after their transaction was over.",
            evidence={
                "producer_id": row.producer_id,
                "producer_epoch": row.producer_epoch,
                "transactional_id": row.transactional_id,
                "state": row.state,
                "start_offset": row.open_since_offset,
                "last_stable_offset": row.last_stable_offset,
                "held_records": row.held_records,
                "blocked_groups": blocked,
            },
            actions=(*_actions(row), *_prevention(cluster)),
            covers=frozenset([subject, *(group(name, row.topic) for name in blocked)]),
        )


def _coordinator(row: Any) -> str:
    if row.transactional_id is None:
        return "no coordinator knows this producer"
    return (
        f"the coordinator of {row.transactional_id} has it as {row.state}, without this partition"
    )


def _blocked(readers: BlockedReaders | None, row: Any) -> list[str]:
    """Return the groups that wait at the transaction."""
    if readers is None:
        return []
    rows = readers.rows
    there = (rows["topic"] == row.topic) & (rows["partition"] == row.partition)
    return sorted(rows.loc[there, "group"])


def _impact(row: Any, blocked: list[str]) -> str:
    among = f", {'groups' if len(blocked) > 1 else 'group'} {listed(blocked)} among them,"
    return (
        f"Readers with isolation.level=read_committed{among * bool(blocked)} get none of the "
        f"{count(row.held_records, 'offset')} behind it, for ever."
    )


def _actions(row: Any) -> tuple[Action, ...]:
    place = {"topic": row.topic, "partition": row.partition, "offset": row.open_since_offset}
    return (
        Action(
            "Confirm it; Kafka's own search only counts what is older than the longest timeout.",
            "kafka-transactions.sh --bootstrap-server {bootstrap} describe-producers "
            "--topic {topic} --partition {partition}",
            values=place,
        ),
        Action(
            "Write the marker that ends it; its records are lost to readers of committed records.",
            "kafka-transactions.sh --bootstrap-server {bootstrap} abort "
            "--topic {topic} --partition {partition} --start-offset {offset}",
            "disruptive",
            place,
        ),
    )


def _prevention(cluster: Cluster | None) -> Iterator[Action]:
    """Yield what keeps it from coming back, where the cluster could and does not do it yet."""
    if cluster is None:
        return
    _, supported, finalized = cluster.features.get("transaction.version", (0, 0, None))
    if supported >= 2 > (finalized or 0):
        yield Action(
            "Let brokers number each transaction, so that late records are refused.",
            "kafka-features.sh --bootstrap-server {bootstrap} upgrade "
            "--feature transaction.version=2",
            "safe",
        )
