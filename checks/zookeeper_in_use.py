"""Clusters that keep their metadata in ZooKeeper, or that stopped half way to KRaft.

ZooKeeper mode was deprecated in Kafka 3.5 and removed in 4.0 (KIP-833). 3.9 is the last release
that has it, and the only one from which a cluster can go on, by way of the migration to KRaft.

Reads: ApiVersions (who speaks KRaft), DescribeConfigs (what blocks the migration).
"""

from kdiag.api import CLUSTER, Action, Finding, Said, ZooKeeperUse, check, count

_DOCS = '"ZooKeeper to KRaft Migration" in the documentation of Kafka 3.9'


@check(area="controller", escalate=True)
def zookeeper_in_use(use: ZooKeeperUse) -> Said:
    """Clusters that depend on ZooKeeper."""
    if use.mode == "zookeeper":
        yield _depends(use)
    elif use.mode == "migrating":
        yield _half_way(use)


def _depends(use: ZooKeeperUse) -> Finding:
    release = ".".join(map(str, use.release or ())) or None
    steps = (Action(blocker) for blocker in use.blockers)
    return Finding(
        "critical" if use.is_before_bridge else "warning",
        CLUSTER,
        "The cluster keeps its metadata in ZooKeeper"
        f"{f' and runs Kafka {release}' if release else ''}.",
        "Kafka 4.0 and newer have no ZooKeeper mode: this cluster cannot be upgraded to them, and "
        "in time all fixes arrive only there. No new cluster should start on ZooKeeper.",
        cause=f"{count(len(use.blockers), 'step')} to take before the migration to KRaft can start."
        if use.blockers
        else "Nothing that was seen blocks the migration to KRaft.",
        due="Kafka is to be upgraded",
        evidence={
            "kafka_version": release,
            "blocker_count": len(use.blockers),
            "blockers": list(use.blockers),
        },
        actions=(*steps, Action(f"Plan the migration to KRaft, see {_DOCS}.")),
    )


def _half_way(use: ZooKeeperUse) -> Finding:
    return Finding(
        "warning",
        CLUSTER,
        "The migration from ZooKeeper to KRaft has been started and not finished.",
        "Controllers write every change to both, ZooKeeper must stay up, and no upgrade to 4.0 is "
        "possible until the migration is finished.",
        evidence={"blocker_count": len(use.blockers), "blockers": list(use.blockers)},
        actions=(
            Action(
                "Look whether the controllers are in sync, then restart the remaining brokers "
                "with process.roles=broker.",
                "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --replication",
            ),
            Action(
                "Finish it: remove zookeeper.metadata.migration.enable and zookeeper.connect from "
                "the controllers and restart them. There is no way back afterwards.",
                effect="disruptive",
            ),
        ),
    )
