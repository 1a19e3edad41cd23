"""Partitions that refuse acks=all writes if one more replica fails.

The ISR is just as large as the effective limit although a replica is missing. Where the limit
equals the replication factor and nothing is missing, min-isr-equals-rf says so instead. Replicas
that a reassignment is only adding are not missing.

Reads: Metadata (ISR), DescribeConfigs (min.insync.replicas), ListPartitionReassignments,
DescribeQuorum (whether a controller keeps ISRs current).
"""

from kdiag.api import (
    Action,
    Durability,
    Finding,
    LiveMetadata,
    Said,
    UnderReplicated,
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
def at_min_isr(durability: Durability, under: UnderReplicated, live: LiveMetadata) -> Said:
    """Partitions that are one failure away from refusing acks=all writes."""
    edge = durability.rows[durability.rows["spare"] == 0].drop(columns="missing")
    short = under.rows[["topic", "partition", "missing"]]
    for row in edge.merge(short, on=["topic", "partition"]).itertuples():
        subject = partition(row.topic, row.partition)
        yield Finding(
            "warning",
            subject,
            f"Partition {row.topic}-{row.partition} has {count(len(row.isr), 'in-sync replica')} "
            f"of {row.replication_factor}, no more than acks=all writes need.",
            "One more replica out, and the partition goes offline."
            if row.effective_min_isr == 1
            else "One more replica out, and acks=all writes are refused.",
            cause=f"Out of sync: {'brokers' if len(row.missing) > 1 else 'broker'} "
            f"{listed(row.missing)}.",
            due="one more replica is lost",
            evidence={
                "in_sync_replicas": len(row.isr),
                "min_insync_replicas": row.min_insync_replicas,
                "replication_factor": row.replication_factor,
                "missing_brokers": list(row.missing),
            },
            actions=(
                Action(
                    f"Find out why {listed(f'broker {id_}' for id_ in row.missing)} is not in "
                    "sync, before any other broker is restarted.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe "
                    "--at-min-isr-partitions",
                ),
            ),
            covers=frozenset([subject]),
        )
