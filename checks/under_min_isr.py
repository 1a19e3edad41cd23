"""Partitions whose in-sync replicas are fewer than writes need.

A partition with fewer in-sync replicas than its effective limit refuses acks=all writes, while
readers, and producers with acks=1, notice nothing.

Reads: Metadata (ISR), DescribeConfigs (min.insync.replicas), DescribeQuorum
(whether a controller keeps ISRs current).
"""

from kdiag.api import (
    Action,
    Durability,
    Finding,
    LiveMetadata,
    Said,
    check,
    count,
    listed,
    partition,
)


@check(
    area="replication",
    configs=("min.insync.replicas",),
    explained_by=(
        "brokers-lost-together",
        "broker-down",
        "offline-partition",
        "log-dir-offline",
        "slow-follower",
        "replica-fetcher-failed",
    ),
)
def under_min_isr(durability: Durability, live: LiveMetadata) -> Said:
    """Partitions that refuse acks=all writes."""
    for row in durability.rows[durability.rows["spare"] < 0].itertuples():
        subject = partition(row.topic, row.partition)
        yield Finding(
            "critical",
            subject,
            f"Partition {row.topic}-{row.partition} has "
            f"{count(len(row.isr), 'in-sync replica')}, acks=all writes need "
            f"{row.effective_min_isr}.",
            "Producers with acks=all get NOT_ENOUGH_REPLICAS now; readers notice nothing.",
            cause=f"Out of sync: {'brokers' if len(row.missing) > 1 else 'broker'} "
            f"{listed(row.missing)}.",
            evidence={
                "in_sync_replicas": len(row.isr),
                "min_insync_replicas": row.min_insync_replicas,
                "replication_factor": row.replication_factor,
                "missing_brokers": list(row.missing),
            },
            actions=(
                Action(
                    f"Bring back {listed(f'broker {id_}' for id_ in row.missing)}, or find out "
                    "why it does not keep up.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe "
                    "--under-min-isr-partitions",
                ),
            ),
            covers=frozenset([subject]),
        )
