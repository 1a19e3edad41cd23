"""Mode, version and reachability, from what each broker advertises.

A broker that offers DescribeQuorum (55) is KRaft; one that offers LeaderAndIsr and its kin (4 to
7) is in ZooKeeper mode; one that offers neither, as a proxy or another implementation, tells
nothing. Both kinds together migrate, and so do brokers in ZooKeeper mode whose
settings say that controllers on KRaft take over.
"""

from collections.abc import Mapping
from datetime import datetime

from kdiag.sections import BrokerConfigs, Brokers, Cluster, Mode, Partitions
from kdiag.services import recognised
from kdiag.sources.admin.metadata import Registered
from kdiag.wire.cluster import Wire
from kdiag.wire.versions import Versions

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

_SIGNS = (
    ("4.3", 35, 5),
    ("4.2", 2, 11),
    ("4.1", 1, 18),
    ("4.0", 3, 13),
    ("3.9", 1, 17),
    ("3.8", 16, 5),
    ("3.7", 1, 16),
    ("3.6", 24, 4),
    ("3.5", 1, 15),
    ("3.4", 4, 7),
    ("3.3", 35, 4),
    ("3.2", 35, 3),
    ("3.1", 1, 13),
    ("3.0", 9, 8),
    ("2.8", 61, 0),
    ("2.7", 1, 12),
    ("2.6", 16, 4),
    ("2.5", 9, 7),
    ("2.4", 46, 0),
)
"""Release, and an API whose highest version only it and newer ones have (ApiKeys of each release).

For brokers without metadata.version: in ZooKeeper mode, and on KRaft before 3.3.
"""

_OLDER = "2.3 or older"
_MIGRATION = "zookeeper.metadata.migration.enable"


def make_cluster(
    wire: Wire, registered: Registered, now: datetime, configs: BrokerConfigs | None = None
) -> Cluster:
    """Return the cluster as its brokers advertise it, after they were reached.

    configs: of the brokers, which alone tell of a migration in which no broker is on KRaft yet.
    """
    features = wire.features
    service = recognised(registered.cluster_id, (node.host for node in registered.nodes))
    is_kafka = service is None or service.is_kafka
    ranges = [versions.ranges for versions in wire.versions.values()]
    mode = _mode(ranges) if is_kafka else "unknown"
    if mode == "zookeeper" and configs is not None and _migrates(configs):
        mode = "migrating"
    return Cluster(
        read_at=now,
        cluster_id=registered.cluster_id,
        mode=mode,
        version=_version(wire) if is_kafka else None,
        metadata_version=_metadata_version(features.finalized.get("metadata.version")),
        features={
            name: (low, high, features.finalized.get(name))
            for name, (low, high) in sorted(features.supported.items())
        },
        authorized_operations=registered.operations,
        service=None if service is None else service.name,
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
                "is_elsewhere": id_ in wire.strangers,
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
    if any(kraft):
        return "kraft"
    return "zookeeper" if any(zookeeper) else "unknown"


def kraft_brokers(wire: Wire) -> list[int]:
    """Return the brokers that run on KRaft, of those that were reached."""
    return [id_ for id_, versions in wire.versions.items() if _DESCRIBE_QUORUM in versions.ranges]


def _migrates(configs: BrokerConfigs) -> bool:
    """Tell whether some broker in ZooKeeper mode waits for, or follows, KRaft controllers."""
    rows = configs.rows
    return bool(((rows["key"] == _MIGRATION) & (rows["value"] == "true")).any())


def _version(wire: Wire) -> str | None:
    """Return the release of the oldest broker."""
    told = [_version_of(versions) for versions in wire.versions.values()]
    if not told or None in told:
        return None
    return min((name for name in told if name is not None), key=_order)


def _version_of(versions: Versions) -> str | None:
    """Return the release that a broker's features or, failing that, API ranges show."""
    ranges = versions.ranges
    level = versions.features.supported.get("metadata.version")
    if level is not None and _DESCRIBE_QUORUM in ranges:
        found = _release(level[1])
        return found and found[1]
    if _FETCH not in ranges:
        return None
    signs = (name for name, key, least in _SIGNS if key in ranges and ranges[key][1] >= least)
    return next(signs, _OLDER)


def _order(name: str) -> tuple[int, ...]:
    """Return a release as numbers to compare; what is older than all signs comes first."""
    return () if name == _OLDER else tuple(map(int, name.split(".")))


def _release(level: int) -> tuple[int, str] | None:
    return next(((first, name) for first, name in _RELEASES if level >= first), None)


def _metadata_version(level: int | None) -> str | None:
    """Return the name of a level; above the newest release that is known, its number."""
    found = None if level is None else _release(level)
    if found is None or found == _RELEASES[0]:
        return None if level is None else f"level {level}"
    return f"{found[1]}-IV{level - found[0]}" if level is not None else None
