"""A metadata version that is older than the release of every broker.

After an upgrade the cluster keeps to the old metadata version until somebody finalizes the new one.
Until then a downgrade is possible, and waiting for some days is usual; afterwards it only keeps
features off. There is hardly a way back once it is finalized (KIP-584, upgrade notes).

Reads: ApiVersions (finalized metadata.version, release of the oldest broker).
"""

from kdiag.api import (
    CLUSTER,
    Action,
    Cluster,
    Finding,
    KRaftMode,
    NotApplicable,
    Said,
    check,
    release_of,
)

_UPGRADE_OF_3 = "kafka-features.sh --bootstrap-server {bootstrap} upgrade --metadata {release}"
_UPGRADE = "kafka-features.sh --bootstrap-server {bootstrap} upgrade --release-version {release}"
"""--release-version is new in 4.0 (KIP-1022)."""


@check(area="controller")
def metadata_version_behind(cluster: Cluster, mode: KRaftMode) -> Said:
    """Clusters whose metadata.version belongs to an older release than all brokers run."""
    finalized, running = release_of(cluster.metadata_version), release_of(cluster.version)
    if "metadata.version" not in cluster.features or running is None:
        yield NotApplicable("the brokers do not tell their metadata.version")
        return
    if finalized is None or finalized >= running:
        return
    yield Finding(
        "info",
        CLUSTER,
        f"All brokers run Kafka {cluster.version} or newer, and metadata.version is still "
        f"{cluster.metadata_version}.",
        "Features of the newer release stay off. A downgrade is possible until it is finalized, "
        "so that waiting for some days after an upgrade is right.",
        evidence={
            "metadata_version": cluster.metadata_version,
            "oldest_broker_release": cluster.version,
        },
        actions=(
            Action(
                "See what is finalized.",
                "kafka-features.sh --bootstrap-server {bootstrap} describe",
            ),
            Action(
                "Once no downgrade is wanted any more, finalize the release.",
                _UPGRADE if running >= (4, 0) else _UPGRADE_OF_3,
                "disruptive",
                {"release": ".".join(map(str, running))},
            ),
        ),
    )
