"""Topics with fewer copies than the cluster could hold.

The target is three copies, or one on each broker where there are fewer than three. A cluster of
one broker has no place for a second copy. Topics in which Kafka, Connect or Schema Registry keep
their own state are internal-topic-durability's.

Reads: Metadata (replication factor), DescribeCluster (brokers).
"""

from kdiag.api import Action, CopyTargets, Finding, NotApplicable, Said, check, count, topic


@check(area="replication")
def replication_factor_low(targets: CopyTargets) -> Said:
    """Topics with one replica, or fewer than min(3, brokers)."""
    rows = targets.rows
    if (rows["wanted_replicas"] < 2).all():
        yield NotApplicable("a single broker has no place for a second copy")
    low = ~rows["is_plumbing"] & (rows["replication_factor"] < rows["wanted_replicas"])
    for row in rows[low].itertuples():
        yield Finding(
            "warning",
            topic(row.topic),
            f"Topic {row.topic} has {count(row.replication_factor, 'replica')}; this cluster has "
            f"room for {row.wanted_replicas}.",
            "It is offline whenever one broker is, and its records are lost with that disk."
            if row.replication_factor < 2
            else "A restart leaves it with one copy; a failure at that time takes it offline.",
            due="a broker is lost",
            evidence={
                "replication_factor": row.replication_factor,
                "target_replication_factor": row.wanted_replicas,
                "partition_count": row.partition_count,
            },
            actions=(
                Action(
                    f"List {row.wanted_replicas} replicas for each of the "
                    f"{count(row.partition_count, 'partition')} of {row.topic} in increase.json, "
                    "and add them under a throttle; then --verify, which takes it away.",
                    "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --execute "
                    "--reassignment-json-file increase.json --throttle 50000000",
                    "disruptive",
                ),
            ),
        )
