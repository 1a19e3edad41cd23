"""Partitions whose replicas share a rack although others are free.

Judged for two replicas and more, and only where every broker has a rack: a partition should span
min(replication factor, racks) racks, as Kafka places new ones (KIP-36). A broker that the cluster
does not list now has no known rack, so its partitions are not judged.

Reads: Metadata (replicas), DescribeCluster (racks).
"""

from kdiag.api import Action, Finding, RackSpread, Said, check, count, listed, partition


@check(area="replication")
def rack_unaware(spread: RackSpread) -> Said:
    """Partitions with replicas on fewer racks than possible."""
    rows = spread.rows
    for row in rows[rows["rack_count"] < rows["possible_racks"]].itertuples():
        racks = list(dict.fromkeys(row.racks))
        yield Finding(
            "warning",
            partition(row.topic, row.partition),
            f"Partition {row.topic}-{row.partition} has its {len(row.replicas)} replicas in "
            f"{count(len(racks), 'rack')} ({listed(racks)}) of {row.possible_racks} possible.",
            f"If rack {racks[0]} fails, every copy is gone with it."
            if len(racks) == 1
            else "If one rack fails, more copies are gone than need be.",
            due="a rack is lost",
            evidence={
                "rack_count": row.rack_count,
                "possible_rack_count": row.possible_racks,
                "replica_brokers": list(row.replicas),
                "replica_racks": list(row.racks),
            },
            actions=(
                Action(
                    "Plan replicas on other racks with a reassignment, and move them under a "
                    "throttle; then --verify, which takes it away.",
                    "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --execute "
                    "--reassignment-json-file spread.json --throttle 50000000",
                    "disruptive",
                ),
            ),
        )
