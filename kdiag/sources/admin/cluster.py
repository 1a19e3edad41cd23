"""Mode, version and reachability, from what each broker advertises.

A broker that offers DescribeQuorum (55) is KRaft; one
that offers LeaderAndIsr and its kin (4 to 7) is in ZooKeeper mode; both kinds together migrate.
"""

from collections.abc import Mapping
from datetime import datetime

from kdiag.sections import Brokers, Cluster, Mode, Partitions
from kdiag.sources.admin.metadata import Registered
from kdiag.wire.cluster import Wire

_DESCRIBE_QUORUM = 55
_ZOOKEEPER_ONLY = (4, 5, 6, 7)
_FETCH = 1

_RELEASES = (
    (34, "4.5"),
    (31, "4.4"),
    (30, "4.3"),
    (28, "4.2"),
    (26, "4.1"),
    (22, "4.0"),
    (21, "3.9"),
    (20, "3.8"),
    (15, "3.7"),
    (12, "3.6"),
    (9, "3.5"),
    (8, "3.4"),
    (4, "3.3"),
)
"""First level of metadata.version of each release (MetadataVersion of Kafka: `4.4-IV1` is 32)."""

_FETCH_VERSIONS = ((17, "3.9"), (16, "3.7"), (15, "3.5"), (13, "3.1"), (12, "2.7"))
"""Highest Fetch version, oldest release with it (FetchRequest), all that ZooKeeper mode has."""


def make_cluster(wire: Wire, registered: Registered, now: datetime) -> Cluster:
    """Return the cluster as its brokers advertise it, after they were reached."""
    features = wire.features
    return Cluster(
        read_at=now,
        cluster_id=registered.cluster_id,
        mode=_mode([versions.ranges for versions in wire.versions.values()]),
        version=_version(wire),
        metadata_version=_metadata_version(features.finalized.get("metadata.version")),
        features={
            name: (low, high, features.finalized.get(name))
            for name, (low, high) in sorted(features.supported.items())
        },
        authorized_operations=registered.operations,
    )


def make_brokers(
    wire: Wire, registered: Registered, partitions: Partitions, now: datetime
) -> Brokers:
    """Return one row for each broker that is registered or that some replica is assigned to."""
    nodes = {node.id: node for node in registered.nodes}
    holders = {int(id_) for replicas in partitions.rows["replicas"] for id_ in replicas}
    rows = []
    for id_ in sorted(nodes.keys() | holders):
        node, versions = nodes.get(id_), wire.versions.get(id_)
        reason = _unreachable(wire, id_)
        rows.append(
            {
                "broker": id_,
                "host": node and node.host,
                "port": node and node.port,
                "rack": node and node.rack,
                "is_registered": node is not None,
                "is_fenced": node is not None and node.is_fenced,
                "is_reachable": versions is not None and reason is None,
                "unreachable_reason": reason if node else "it is not registered in the cluster",
                "api_versions": _api_versions(versions.ranges) if versions else (),
            }
        )
    return Brokers.from_rows(rows, read_at=now)


def _unreachable(wire: Wire, id_: int) -> str | None:
    """Return why a broker could not be reached; its address stands in columns of its own."""
    reason = wire.unreachable.get(id_)
    if reason is None:
        return None
    plain = reason.removeprefix(f"{wire.brokers[id_]}: ").removeprefix("cannot connect: ")
    return plain.replace("; ", ", ")


def _api_versions(ranges: Mapping[int, tuple[int, int]]) -> tuple[tuple[int, int, int], ...]:
    return tuple((int(key), int(low), int(high)) for key, (low, high) in sorted(ranges.items()))


def _mode(ranges: list[Mapping[int, tuple[int, int]]]) -> Mode:
    if not ranges:
        return "unknown"
    kraft = [_DESCRIBE_QUORUM in each for each in ranges]
    zookeeper = [any(key in each for key in _ZOOKEEPER_ONLY) for each in ranges]
    if any(kraft) and any(zookeeper):
        return "migrating"
    return "kraft" if any(kraft) else "zookeeper"


def _version(wire: Wire) -> str | None:
    """Return the release that the oldest broker's features or, failing that, API ranges show."""
    ranges = [versions.ranges for versions in wire.versions.values()]
    levels = [
        versions.features.supported["metadata.version"][1]
        for versions in wire.versions.values()
        if "metadata.version" in versions.features.supported
    ]
    if levels and _mode(ranges) == "kraft":
        found = _release(min(levels))
        return found and found[1]
    fetch = min((each[_FETCH][1] for each in ranges if _FETCH in each), default=None)
    if fetch is None:
        return None
    return next((name for least, name in _FETCH_VERSIONS if fetch >= least), "2.6 or older")


def _release(level: int) -> tuple[int, str] | None:
    return next(((first, name) for first, name in _RELEASES if level >= first), None)


def _metadata_version(level: int | None) -> str | None:
    """Return the name of a level; above the newest release that is known, its number."""
    found = None if level is None else _release(level)
    if found is None or found == _RELEASES[0]:
        return None if level is None else f"level {level}"
    return f"{found[1]}-IV{level - found[0]}" if level is not None else None
