"""Clusters that keep their metadata in ZooKeeper, or that stopped half way to KRaft.

ZooKeeper mode was deprecated in Kafka 3.5 and removed in 4.0 (KIP-833). 3.9 is the last release
that has it, and the only one from which a cluster can go on, by way of the migration to KRaft.

Reads: ApiVersions (who speaks KRaft), DescribeConfigs (what blocks the migration, and whether one
goes on), JMX of the controllers where all brokers are on KRaft (ZkMigrationState, 3.5 to 3.9).
"""

from kdiag.api import CLUSTER, Action, Finding, Said, ZooKeeperUse, check, count, listed

_DOCS = '"ZooKeeper to KRaft Migration" in the documentation of Kafka 3.9'

_OF_BROKERS = "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --replication"
_OF_CONTROLLERS = (
    "kafka-metadata-quorum.sh --bootstrap-controller {controllers} describe --replication"
)
"""For a cluster of which brokers are in ZooKeeper mode: those do not know the quorum."""


@check(area="controller", escalate=True)
def zookeeper_in_use(use: ZooKeeperUse) -> Said:
    """Clusters that depend on ZooKeeper."""
    if use.mode == "zookeeper":
        yield _depends(use)
    elif use.mode == "migrating":
        yield _half_way(use)


def _depends(use: ZooKeeperUse) -> Finding:
    steps = (Action(blocker) for blocker in use.blockers)
    return Finding(
        "critical" if use.is_before_bridge else "warning",
        CLUSTER,
        "The cluster keeps its metadata in ZooKeeper"
        f"{f' and runs Kafka {use.version}' if use.version else ''}.",
        "Kafka 4.0 and newer have no ZooKeeper mode: this cluster cannot be upgraded to them, and "
        "in time all fixes arrive only there. No new cluster should start on ZooKeeper.",
        cause=f"{count(len(use.blockers), 'step')} to take before the migration to KRaft can start."
        if use.blockers
        else "Nothing that was seen blocks the migration to KRaft.",
        due="Kafka is to be upgraded",
        evidence={
            "kafka_version": use.version,
            "blocker_count": len(use.blockers),
            "blockers": list(use.blockers),
        },
        actions=(*steps, Action(f"Plan the migration to KRaft, see {_DOCS}.")),
    )


def _half_way(use: ZooKeeperUse) -> Finding:
    left = f"broker {listed(use.brokers)}" if use.brokers else "no broker"
    return Finding(
        "warning",
        CLUSTER,
        "The migration from ZooKeeper to KRaft has been started and not finished.",
        "Once the controllers have taken over, every change is written to both. ZooKeeper must "
        "stay up, and no upgrade to 4.0 is possible until the migration is finished.",
        cause=f"Still in ZooKeeper mode: {left}.",
        evidence={
            "zookeeper_mode_brokers": list(use.brokers),
            "blocker_count": len(use.blockers),
            "blockers": list(use.blockers),
        },
        actions=(
            Action(
                "Look whether all controllers are there and follow their leader.",
                _OF_CONTROLLERS if use.brokers else _OF_BROKERS,
                values={"controllers": ",".join(use.controllers) or "CONTROLLER:9093"},
            ),
            *(
                Action(
                    f"Restart {left} with process.roles=broker and without zookeeper.connect, "
                    "one at a time.",
                    effect="disruptive",
                )
                for _ in use.brokers[:1]
            ),
            Action(
                "Finish it, when all brokers are on KRaft: remove "
                "zookeeper.metadata.migration.enable and zookeeper.connect from the controllers "
                "and restart them. There is no way back afterwards.",
                effect="disruptive",
            ),
        ),
    )
