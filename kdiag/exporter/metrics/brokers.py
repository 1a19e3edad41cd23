"""Brokers and their log directories."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.sections import Brokers, LogDirs, Partitions, Replicas

_INFO = Family(
    "kdiag_broker",
    "A broker that is registered, or that some replica is assigned to (Metadata).",
    ("broker", "host", "port", "rack"),
    kind="info",
)
_COUNTS = {
    "is_registered": Family(
        "kdiag_broker_registered", "1 if the cluster lists the broker (Metadata).", ("broker",)
    ),
    "is_fenced": Family(
        "kdiag_broker_fenced",
        "1 if the broker is registered and does not serve (DescribeCluster; Kafka 4.0).",
        ("broker",),
    ),
    "is_reachable": Family(
        "kdiag_broker_reachable", "1 if the broker answered this exporter.", ("broker",)
    ),
}
_REGISTERED = Family(
    "kdiag_brokers", "Brokers that are registered and not fenced (Metadata, DescribeCluster)."
)
_LEADERS = Family(
    "kdiag_broker_leaders", "Partitions that the broker leads (Metadata).", ("broker",)
)
_REPLICAS = Family(
    "kdiag_broker_replicas", "Replicas that are assigned to the broker (Metadata).", ("broker",)
)
_LOGS = Family(
    "kdiag_broker_logs_bytes",
    "Size of all replicas in a log directory (DescribeLogDirs).",
    ("broker", "dir"),
)
_DIRS = {
    "total_bytes": Family(
        "kdiag_broker_log_dir_total_bytes",
        "Size of the volume of a log directory (DescribeLogDirs; Kafka 3.3).",
        ("broker", "dir"),
    ),
    "usable_bytes": Family(
        "kdiag_broker_log_dir_usable_bytes",
        "Bytes that are free on the volume of a log directory (DescribeLogDirs; Kafka 3.3).",
        ("broker", "dir"),
    ),
}
_OFFLINE = Family(
    "kdiag_broker_log_dir_offline",
    "1 if the broker has given the log directory up (DescribeLogDirs).",
    ("broker", "dir"),
)


def brokers(seen: Seen) -> Iterator[Family]:
    """Yield what is told of each broker."""
    held = seen.held(Brokers)
    if held is not None:
        rows = held.rows
        ids = rows["broker"].tolist()
        words = [["" if word is None else word for word in rows[name]] for name in ("host", "rack")]
        ports = ["" if port != port else int(port) for port in rows["port"].astype("float64")]
        yield _INFO.of(ids, words[0], ports, words[1], values=[1] * len(ids))
        yield _REGISTERED.one(int((rows["is_registered"] & ~rows["is_fenced"]).sum()))
        for name, family in _COUNTS.items():
            yield family.of(ids, values=rows[name].astype("int64").tolist())
    yield from _placed(seen)
    yield from _log_dirs(seen)


def _placed(seen: Seen) -> Iterator[Family]:
    held, brokers = seen.held(Partitions), seen.held(Brokers)
    if held is None or brokers is None:
        return
    leads = held.rows["leader"].value_counts()
    copies = held.rows["replicas"].explode().value_counts()
    ids = brokers.rows["broker"].tolist()
    for family, counted in ((_LEADERS, leads), (_REPLICAS, copies)):
        yield family.of(ids, values=[int(counted.get(id_, 0)) for id_ in ids])


def _log_dirs(seen: Seen) -> Iterator[Family]:
    held, replicas = seen.held(LogDirs), seen.held(Replicas)
    if held is None:
        return
    rows = held.rows
    places = (rows["broker"].tolist(), rows["path"].tolist())
    for name, family in _DIRS.items():
        yield family.of(*places, values=rows[name].tolist())
    yield _OFFLINE.of(*places, values=rows["error"].notna().astype("int64").tolist())
    if replicas is not None:
        sizes = replicas.rows.groupby(["broker", "path"])["size_bytes"].sum()
        is_known = rows["error"].isna().tolist()
        values = [
            int(sizes.get(place, 0)) if known else None
            for place, known in zip(zip(*places, strict=True), is_known, strict=True)
        ]
        yield _LOGS.of(*places, values=values)
