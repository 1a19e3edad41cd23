"""Replicas in log directories of brokers that they are not assigned to.

What a reassignment or a deletion left behind takes disk and is never deleted. Brokers with KRaft
put most of it aside when they start (directories that end in -stray, which they do not list); older
ones keep it. A copy that is on its way to another directory of its broker is no stray.

Reads: DescribeLogDirs (replicas), Metadata in two samples (assignments), DescribeCluster (what we
may see), ListPartitionReassignments.
"""

import itertools
from typing import Any

from kdiag.api import (
    Action,
    Cluster,
    Earlier,
    Finding,
    Partitions,
    Reassignments,
    Replicas,
    Said,
    check,
    count,
    listed,
    log_dir,
    size,
)

_KEY = ["topic", "partition"]
_SEES_ALL = {"Alter", "AlterConfigs", "ClusterAction", "Create", "Describe"}


@check(area="disk")
def stray_replicas(
    replicas: Replicas,
    partitions: Partitions,
    before: Earlier[Partitions] | None,
    reassignments: Reassignments | None,
    cluster: Cluster | None,
) -> Said:
    """Log directories with replicas that are in no assignment."""
    assigned = _assigned(partitions, before, reassignments)
    known = {topic for topic, _ in assigned}
    sees_all = cluster is not None and set(cluster.authorized_operations or ()) >= _SEES_ALL
    rows = replicas.rows[replicas.rows["topic"] != "__cluster_metadata"]
    topics, numbers, ids = (rows[name].tolist() for name in (*_KEY, "broker"))
    theirs = map(assigned.get, zip(topics, numbers, strict=True), itertools.repeat(()))
    apart = [at for at, (id_, own) in enumerate(zip(ids, theirs, strict=True)) if id_ not in own]
    stray = [at for at in apart if topics[at] in known or sees_all]
    for (id_, path), part in rows.iloc[stray].groupby(["broker", "path"]):
        yield _finding(int(id_), str(path), part, known)


def _assigned(
    partitions: Partitions, before: Partitions | None, reassignments: Reassignments | None
) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return the brokers of what is assigned, was a moment ago, or moves, by topic and partition.

    Log directories are read between the two samples; topics come and go meanwhile.
    """
    found = _replicas(partitions)
    for key, ids in () if before is None else _replicas(before, other_than=partitions).items():
        if found.setdefault(key, ids) != ids:
            found[key] += ids
    for row in () if reassignments is None else reassignments.rows.itertuples():
        key = row.topic, row.partition
        found[key] = (*found.get(key, ()), *row.adding, *row.removing)
    return found


def _replicas(
    table: Partitions, other_than: Partitions | None = None
) -> dict[tuple[str, int], tuple[int, ...]]:
    rows = table.rows[[*_KEY, "replicas"]]
    if other_than is not None and rows.equals(other_than.rows[rows.columns]):
        return {}
    topics, numbers, replicas = (rows[name].tolist() for name in rows)
    return dict(zip(zip(topics, numbers, strict=True), replicas, strict=True))


def _finding(id_: int, path: str, part: Any, known: set[str]) -> Finding:
    names = sorted({f"{row.topic}-{row.partition}" for row in part.itertuples()})
    gone = sorted(set(part["topic"]) - known)
    bytes_ = int(part["size_bytes"].sum())
    return Finding(
        "info",
        log_dir(id_, path),
        f"Log directory {path} of broker {id_} holds {count(len(names), 'replica')} that "
        f"{'is' if len(names) == 1 else 'are'} not assigned to it ({size(bytes_)}): "
        f"{listed(names)}.",
        "They take disk, and are never deleted; should the topic come back, they may be taken for "
        "its data.",
        cause="They are left from a reassignment, or from topics that were deleted while the "
        "broker was down."
        + (f" {count(len(gone), 'topic')} of them no longer exist." if gone else ""),
        evidence={
            "replicas": names,
            "size_bytes": bytes_,
            "missing_topics": gone,
        },
        actions=(
            Action(
                "Look again after some minutes: deletions take a while.",
                "kafka-log-dirs.sh --bootstrap-server {bootstrap} --describe "
                "--broker-list {brokers}",
                values={"brokers": id_},
            ),
            Action(
                f"If they are still there, stop broker {id_}, move the directories away, start it, "
                "and delete them once all partitions are in sync.",
                effect="disruptive",
            ),
        ),
        confidence="possible" if gone else "likely",
    )
