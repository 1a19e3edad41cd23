"""The cluster as a whole."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.seen import FLAGS, Seen
from kdiag.sections import Cluster, Groups, Quorum, Topics

_INFO = Family(
    "kdiag_cluster",
    "The cluster; mode is kraft, zookeeper, migrating or unknown (Metadata, ApiVersions).",
    ("cluster_id", "mode", "version"),
    kind="info",
)
_TOPICS = Family("kdiag_topics", "Topics, internal ones included (Metadata).")
_PARTITIONS = Family("kdiag_partitions", "Partitions (Metadata).")
_COUNTS = {
    "offline": "Partitions without a leader (Metadata).",
    "under_replicated": "Partitions with fewer in-sync replicas than replicas, without those that "
    "a reassignment is adding (Metadata, ListPartitionReassignments).",
    "not_preferred": "Partitions led by another than their preferred replica (Metadata).",
    "under_min_isr": "Partitions with fewer in-sync replicas than acks=all writes need: "
    "min.insync.replicas, or all replicas where they are fewer (Metadata, DescribeConfigs).",
    "at_min_isr": "Partitions that lack a replica and have just as many in sync as acks=all "
    "writes need (Metadata, DescribeConfigs).",
    "reassigning": "Partitions that are being reassigned (ListPartitionReassignments).",
}
_GROUPS = Family("kdiag_groups", "Groups of each type (ListGroups).", ("type",))
_LEADER = Family("kdiag_quorum_has_leader", "1 if the KRaft quorum has a leader (DescribeQuorum).")
_CAUGHT_UP = Family(
    "kdiag_quorum_voter_caught_up_timestamp_seconds",
    "When a voter of the KRaft quorum was last caught up, by the clock of its leader "
    "(DescribeQuorum).",
    ("voter",),
)


def cluster(seen: Seen) -> Iterator[Family]:
    """Yield what is told of the cluster as a whole."""
    held, topics, groups = seen.held(Cluster), seen.held(Topics), seen.held(Groups)
    if held is not None:
        yield _INFO.rows([(held.cluster_id or "", held.mode, held.version or "", 1)])
    if topics is not None:
        yield _TOPICS.one(len(topics))
    yield from _partitions(seen)
    if groups is not None:
        counted = groups.rows["type"].value_counts()
        yield _GROUPS.rows(list(counted.items()))
    yield from _quorum(seen)


def _partitions(seen: Seen) -> Iterator[Family]:
    rows = seen.partitions
    if rows is None:
        return
    yield _PARTITIONS.one(len(rows))
    for flag in FLAGS:
        known = rows[flag].dropna()
        if len(known) or not len(rows):
            yield Family(f"kdiag_partitions_{flag}", _COUNTS[flag]).one(int(known.sum()))


def _quorum(seen: Seen) -> Iterator[Family]:
    quorum = seen.held(Quorum)
    if quorum is None:
        return
    yield _LEADER.one(int(quorum.leader_id is not None))
    voters = quorum.rows[quorum.rows["is_voter"] & quorum.rows["last_caught_up"].notna()]
    yield _CAUGHT_UP.rows(
        [
            (voter, at.timestamp())
            for voter, at in zip(voters["replica_id"], voters["last_caught_up"], strict=True)
        ]
    )
