"""Partitions of `__transaction_state` that take no writes.

Each holds the transactions of some transactional ids. Without a leader, or with fewer in-sync
replicas than transaction.state.log.min.isr asks for, their coordinator can record nothing: no
producer can be initialised, no transaction begins or ends, and what is open stays open beyond its
timeout (KAFKA-9666). Exactly-once applications stop, whatever the state of their own topics.

Reads: Metadata (leader, ISR), DescribeConfigs (min.insync.replicas).
"""

from typing import Any

from kdiag.api import (
    Action,
    Durability,
    Finding,
    NotApplicable,
    Said,
    check,
    count,
    known,
    listed,
    partition,
)

_TOPIC = "__transaction_state"


@check(
    area="transactions",
    configs=("min.insync.replicas",),
    explained_by=(
        "brokers-lost-together",
        "broker-down",
        "log-dir-offline",
        "offline-partition",
        "under-min-isr",
    ),
)
def transaction_log_unavailable(durability: Durability) -> Said:
    """Partitions of the transaction log that refuse writes, so that transactions stop."""
    rows = durability.rows[durability.rows["topic"] == _TOPIC]
    if rows.empty:
        yield NotApplicable(f"the cluster has no {_TOPIC}: no transaction was ever used")
    for row in rows[rows["leader"].isna() | (rows["spare"] < 0)].itertuples():
        subject = partition(_TOPIC, row.partition)
        yield Finding(
            "critical",
            subject,
            f"Partition {_TOPIC}-{row.partition} {_fault(row)}.",
            f"About one in {len(rows)} transactional ids can neither begin nor end a transaction; "
            "their exactly-once applications stop, and open transactions outlive their timeout.",
            cause=f"Out of sync: {'brokers' if len(row.missing) > 1 else 'broker'} "
            f"{listed(row.missing)}.",
            evidence={
                "leader": known(row.leader),
                "in_sync_replicas": len(row.isr),
                "min_insync_replicas": row.min_insync_replicas,
                "replication_factor": row.replication_factor,
                "missing_brokers": list(row.missing),
            },
            actions=(
                Action(
                    f"Bring back {listed(f'broker {id_}' for id_ in row.missing)}; the producers "
                    "are not at fault, and restarting them does not help.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic {topic}",
                    values={"topic": _TOPIC},
                ),
            ),
            covers=frozenset([subject]),
        )


def _fault(row: Any) -> str:
    if known(row.leader) is None:
        return "has no leader"
    return (
        f"has {count(len(row.isr), 'in-sync replica')}, and its writes need {row.effective_min_isr}"
    )
