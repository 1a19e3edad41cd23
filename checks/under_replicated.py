"""Partitions that have a leader but miss a replica.

Folds under what says more: a broker that is down, or the same partition under or at its limit.
Replicas that a reassignment is only adding do not count, as in the brokers' own metric (KIP-352);
without the list of reassignments the check is unknown as soon as any replica is out of an ISR.
Internal topics count like all others.

Reads: Metadata (ISR), ListPartitionReassignments, DescribeQuorum
(whether a controller keeps ISRs current).
"""

from kdiag.api import (
    Action,
    Finding,
    LiveMetadata,
    Partitions,
    Said,
    UnderReplicated,
    check,
    count,
    listed,
    partition,
)


@check(
    area="replication",
    explained_by=(
        "brokers-lost-together",
        "broker-down",
        "under-min-isr",
        "at-min-isr",
        "log-dir-offline",
        "slow-follower",
        "replica-fetcher-failed",
        "isr-flapping",
        "reassignment-stuck",
    ),
)
def under_replicated(partitions: Partitions, under: UnderReplicated, live: LiveMetadata) -> Said:
    """Partitions with a replica out of the ISR."""
    for row in under.rows.itertuples():
        yield Finding(
            "warning",
            partition(row.topic, row.partition),
            f"Partition {row.topic}-{row.partition} has {count(len(row.isr), 'in-sync replica')} "
            f"of {len(row.replicas)}.",
            "It has fewer copies than intended, so it survives fewer failures.",
            cause=f"Out of sync: {'brokers' if len(row.missing) > 1 else 'broker'} "
            f"{listed(row.missing)}.",
            due="one more replica is lost",
            evidence={
                "in_sync_replicas": len(row.isr),
                "replication_factor": len(row.replicas),
                "missing_brokers": list(row.missing),
            },
            actions=(
                Action(
                    f"See what {listed(f'broker {id_}' for id_ in row.missing)} has in common "
                    "with the others that are short: one broker, one disk, or one topic.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe "
                    "--under-replicated-partitions",
                ),
            ),
        )
