"""Groups that wait at an open transaction.

Their committed offset stands exactly at the last stable offset of a partition, which stands too,
while records lie behind it. They are well, and more consumers do not help: what must end is the
transaction. Readers of uncommitted records are not held back; they commit beyond it.

Reads: OffsetFetch and ListOffsets (two samples), ListTransactions, DescribeTransactions,
DescribeProducers, the describes of groups.
"""

from kdiag.api import (
    LONG_SECONDS,
    SILENT_SECONDS,
    Action,
    BlockedReaders,
    Finding,
    OpenTransactions,
    Said,
    check,
    count,
    group,
)


@check(area="lag", explained_by=("hanging-transaction", "open-transaction-pins-lso"))
def reader_blocked_by_transaction(
    blocked: BlockedReaders,
    open_transactions: OpenTransactions,
    *,
    max_silent_seconds: float = SILENT_SECONDS,
    max_open_seconds: float = LONG_SECONDS,
) -> Said:
    """Groups that are stopped by a transaction which was left open.

    max_silent_seconds: how long a transaction may stay open without a new record.
    max_open_seconds: how long it may stay open at all.
    """
    stuck = open_transactions.stuck(max_silent_seconds, max_open_seconds)
    joined = blocked.rows.merge(stuck, on=["topic", "partition"])
    for (name, topic), rows in joined.groupby(["group", "topic"]):
        row = rows.iloc[0]
        numbers = rows["partition"].tolist()
        ends = rows["last_stable_offset"] + rows["held_records"]
        lag_records = int((ends - rows["committed_offset"]).sum())
        owner = row.transactional_id or f"producer {row.producer_id}"
        yield Finding(
            "critical",
            group(name, topic),
            f"Group {name} waits at an open transaction on {count(len(numbers), 'partition')} of "
            f"topic {topic}: its committed offset stands at {row.committed_offset} of "
            f"{topic}-{row.partition}, right at the last stable offset.",
            f"It gets none of the {count(lag_records, 'offset')} behind it until that "
            "transaction ends; the group itself is well.",
            cause=f"The transaction of {owner} "
            + ("was left open." if row.is_known else "is known to no coordinator."),
            confidence="likely",
            evidence={
                "lag_records": lag_records,
                "blocked_partitions": numbers,
                "last_stable_offset": row.last_stable_offset,
                "producer_ids": sorted(set(rows["producer_id"].tolist())),
                "transactional_ids": sorted(set(rows["transactional_id"].dropna())),
            },
            actions=(
                Action(
                    f"End the transaction of {owner}, not the group: restarting consumers "
                    "changes nothing.",
                    "kafka-transactions.sh --bootstrap-server {bootstrap} describe-producers "
                    "--topic {topic} --partition {partition}",
                    values={"topic": topic, "partition": row.partition},
                ),
            ),
            covers=frozenset([group(name, topic)]),
        )
