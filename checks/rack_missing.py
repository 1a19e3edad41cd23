"""Brokers without a rack in a cluster where others have one.

Kafka takes brokers without broker.rack as one more rack, or, in ZooKeeper mode, refuses to place
replicas by rack at all. Where no broker has a rack the question does not arise.

Reads: DescribeCluster (racks).
"""

from kdiag.api import Action, Brokers, Finding, NotApplicable, Said, broker, check, listed


@check(area="replication")
def rack_missing(brokers: Brokers) -> Said:
    """Brokers without broker.rack beside brokers that have it."""
    rows = brokers.rows[brokers.rows["is_registered"]]
    has_rack = rows["rack"].fillna("").astype(bool)
    if not has_rack.any():
        yield NotApplicable("no broker has a rack")
        return
    racks = sorted(set(rows.loc[has_rack, "rack"]))
    for row in rows[~has_rack].itertuples():
        yield Finding(
            "info",
            broker(row.broker),
            f"Broker {row.broker} has no broker.rack; {int(has_rack.sum())} of {len(rows)} "
            "brokers have one.",
            "New partitions cannot be spread reliably, and consumers cannot prefer the replica "
            "that is near them.",
            due="a topic is created",
            evidence={
                "brokers_with_rack": int(has_rack.sum()),
                "broker_count": len(rows),
                "racks": racks,
            },
            actions=(
                Action(
                    f"Set broker.rack in server.properties of broker {row.broker} (known racks: "
                    f"{listed(racks)}) and restart it.",
                    "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
                    "--entity-type brokers --entity-name {broker}",
                    values={"broker": row.broker},
                ),
            ),
        )
