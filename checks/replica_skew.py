"""Brokers that hold far more data than others.

Placement counts replicas, not bytes; and a broker that was added later gets only new topics. The
fullest broker runs out of disk, and serves most of the catching up, while others idle. Told by
bytes, against a share that goes by the size of the disks where that is known.

Reads: DescribeLogDirs (sizes of replicas; volumes, KIP-827), Metadata (brokers),
ListPartitionReassignments.
"""

from typing import Any

from kdiag.api import (
    Action,
    Brokers,
    Finding,
    NotApplicable,
    Reassignments,
    Replicas,
    Said,
    Volumes,
    Whole,
    broker,
    broker_disks,
    check,
    count,
    size,
)


@check(area="topics", explained_by=("broker-down",))
def replica_skew(
    replicas: Whole[Replicas],
    brokers: Brokers,
    reassignments: Reassignments | None,
    volumes: Volumes | None,
    *,
    fair_times_ratio: float = 1.3,
    excess_bytes: int = 104_857_600,
) -> Said:
    """Brokers with more than 1.3 times their share of all bytes.

    fair_times_ratio: how many times its share a broker may hold.
    excess_bytes: a broker that holds no more than this beyond its share is left alone.
    """
    held = replicas.rows[~replicas.rows["is_future"]]
    there = sorted(brokers.rows.loc[brokers.rows["is_registered"], "broker"])
    sizes = held.groupby("broker")["size_bytes"].sum().astype("float64")
    sizes = sizes.reindex(there, fill_value=0.0)
    if len(sizes) < 2:
        yield NotApplicable("there is one broker")
        return
    if reassignments is not None and len(reassignments):
        yield NotApplicable("replicas are being moved between brokers")
        return
    even, by_disk = sizes * 0 + sizes.sum() / len(sizes), _by_disk(sizes, volumes)
    fair = even if by_disk is None else by_disk.clip(lower=even)
    rows = sizes[(sizes > fair_times_ratio * fair) & (sizes - fair > excess_bytes)]
    for id_, bytes_ in rows.items():
        number = int((held["broker"] == id_).sum())
        yield _finding(int(id_), bytes_, fair[id_], sizes, number, held, by_disk is not None)


def _by_disk(sizes: Any, volumes: Volumes | None) -> Any:
    """Return the share of each broker by the size of its disks; None where that is not known."""
    if volumes is None or volumes.errors:
        return None
    disks = broker_disks(volumes)
    if disks is None or set(disks.index) != set(sizes.index):
        return None
    total = disks["total_bytes"]
    return sizes.sum() * total.reindex(sizes.index) / total.sum()


def _finding(
    id_: int, bytes_: float, fair: float, sizes: Any, number: int, held: Any, by_disk: bool
) -> Finding:
    top = held[held["broker"] == id_].groupby("topic")["size_bytes"].sum().nlargest(3)
    least = int(sizes.idxmin())
    return Finding(
        "info",
        broker(id_),
        f"Broker {id_} holds {size(bytes_)}, {bytes_ / fair:.1f} times its share of all replicas; "
        f"broker {least} holds {size(sizes[least])}.",
        f"Its disks fill first, and when it fails {size(bytes_)} have to be served and copied by "
        "the others.",
        cause="Brokers place replicas by their number, not by their size, and never move them by "
        f"themselves. It has {count(number, 'replica')}.",
        evidence={
            "held_bytes": int(bytes_),
            "fair_bytes": int(fair),
            "fair_by": "size of the disks" if by_disk else "number of brokers",
            "by_broker_bytes": {str(each): int(value) for each, value in sizes.items()},
            "replica_count": number,
            "top_topics": [{"topic": name, "bytes": int(value)} for name, value in top.items()],
        },
        actions=(
            Action(
                "See what each broker holds.",
                "kafka-log-dirs.sh --bootstrap-server {bootstrap} --describe",
            ),
            Action(
                f"Move large replicas from broker {id_} to broker {least}: list the topics in "
                "topics.json, and choose from what is proposed.",
                "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --generate "
                "--topics-to-move-json-file topics.json --broker-list {brokers}",
                values={"brokers": ",".join(str(each) for each in sizes.index)},
            ),
        ),
    )
