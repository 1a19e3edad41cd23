"""Quorums whose voters are fixed in the files of the controllers.

With kraft.version 0 the voters stand in controller.quorum.voters: a controller whose disk is lost
cannot be replaced by another one while the quorum runs, and the quorum cannot grow (KIP-853). Kafka
3.9 brought quorums that can change; older releases do not know kraft.version. Whether a quorum that
was set up as a static one can be changed depends on the release: see the upgrade notes.

Reads: ApiVersions (kraft.version, supported and finalized).
"""

from kdiag.api import CLUSTER, Action, Cluster, Finding, KRaftMode, NotApplicable, Said, check

_FEATURE = "kraft.version"


@check(area="controller")
def static_voters(cluster: Cluster, mode: KRaftMode) -> Said:
    """Quorums with kraft.version 0."""
    if not cluster.features:
        yield NotApplicable("the brokers tell no features")
        return
    _, highest, finalized = cluster.features.get(_FEATURE, (0, 0, None))
    if highest < 1:
        yield NotApplicable("these brokers do not know quorums that can change (Kafka 3.9)")
        return
    if finalized:
        return
    yield Finding(
        "info",
        CLUSTER,
        "The voters of the quorum are fixed (kraft.version 0).",
        "A controller that is lost for good cannot be replaced while the quorum runs, and none can "
        "be added; both take an edit of all files and restarts.",
        evidence={"kraft_version": 0, "highest_kraft_version": highest},
        actions=(
            Action(
                "See the level, and whether the release of the cluster can raise it.",
                "kafka-features.sh --bootstrap-server {bootstrap} describe",
            ),
        ),
    )
