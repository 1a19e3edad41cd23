"""Names of KMinion (redpanda-data/kminion), in its mode that asks the admin API.

Other than there: groups of the new protocol have their members, too. Its metrics about itself
(requests, bytes, records consumed) are not served, nor commits counted from __consumer_offsets.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kdiag.analysis.durability import config_by_topic
from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.sections import Brokers, Cluster, Quorum, Replicas, TopicConfigs, Topics

_BROKER = ("broker_id", "address", "port", "rack_id")
_PREFIX = "kminion_kafka_"

_CLUSTER = Family(
    f"{_PREFIX}cluster_info",
    "The cluster; controller_id is the leader of its KRaft quorum.",
    ("cluster_version", "broker_count", "controller_id", "cluster_id"),
)
_BROKER_INFO = Family(f"{_PREFIX}broker_info", "A broker.", (*_BROKER, "is_controller"))
_BROKER_BYTES = Family(
    f"{_PREFIX}broker_log_dir_size_total_bytes", "Size of all replicas of the broker.", _BROKER
)
_TOPIC_BYTES = Family(
    f"{_PREFIX}topic_log_dir_size_total_bytes",
    "Size of all replicas of the topic.",
    ("topic_name",),
    level="topic",
)
_TOPIC_INFO = Family(
    f"{_PREFIX}topic_info",
    "A topic and its settings.",
    ("topic_name", "partition_count", "replication_factor", "cleanup_policy"),
    level="topic",
)
_MARKS = {"end_offset": "high_water_mark", "log_start_offset": "low_water_mark"}
_GROUP_INFO = Family(
    f"{_PREFIX}consumer_group_info",
    "1 if the group is stable.",
    ("group_id", "protocol", "protocol_type", "state", "coordinator_id"),
    level="group",
)
_MEMBERS = {
    "members": Family(
        f"{_PREFIX}consumer_group_members", "Members of the group.", ("group_id",), level="group"
    ),
    "empty": Family(
        f"{_PREFIX}consumer_group_empty_members",
        "Members of the group that have no partition.",
        ("group_id",),
        level="group",
    ),
}
_OF_TOPIC = {
    name: Family(
        f"{_PREFIX}consumer_group_topic_{name}", help_, ("group_id", "topic_name"), level="topic"
    )
    for name, help_ in {
        "members": "Members of the group that have a partition of the topic.",
        "assigned_partitions": "Partitions of the topic that members have.",
        "offset_sum": "Sum of the committed offsets.",
        "lag": "Sum of the lag in records; partitions without a commit are not in it.",
    }.items()
}
_LAG = Family(
    f"{_PREFIX}consumer_group_topic_partition_lag",
    "Lag in records; no series where more is committed than there is.",
    ("group_id", "topic_name", "partition_id"),
    level="partition",
)


def families(seen: Seen, cluster: str) -> Iterator[Family]:
    """Yield its metrics; they have no label of the cluster."""
    yield from _cluster(seen)
    yield from _topics(seen)
    if seen.groups is not None:
        yield from _groups(seen, seen.groups)
    if seen.lag is not None:
        yield from _lag(seen, seen.lag)


def _cluster(seen: Seen) -> Iterator[Family]:
    held, brokers, quorum = seen.held(Cluster), seen.held(Brokers), seen.held(Quorum)
    leader = None if quorum is None else quorum.leader_id
    if held is None or brokers is None:
        return
    rows = brokers.rows[brokers.rows["is_registered"]]
    controller = "" if leader is None else leader
    yield _CLUSTER.rows([(held.version or "", len(rows), controller, held.cluster_id or "", 1)])
    racks = [rack or "" for rack in rows["rack"]]
    places = list(zip(rows["broker"], rows["host"], rows["port"], racks, strict=True))
    is_leader = [str(place[0] == leader).lower() for place in places]
    yield _BROKER_INFO.rows(
        [(*place, is_, 1) for place, is_ in zip(places, is_leader, strict=True)]
    )
    replicas = seen.held(Replicas)
    if replicas is not None:
        sizes = replicas.rows.groupby("broker")["size_bytes"].sum()
        yield _BROKER_BYTES.rows([(*place, sizes.get(place[0])) for place in places])


def _topics(seen: Seen) -> Iterator[Family]:
    topics, configs = seen.held(Topics), seen.held(TopicConfigs)
    if topics is None or seen.partitions is None or not seen.shown.has("topic"):
        return
    policies = {} if configs is None else config_by_topic(configs, "cleanup.policy")
    rows = seen.shown.of_topics(topics.rows)
    names = rows["topic"].tolist()
    counts = (rows["partition_count"].tolist(), rows["replication_factor_max"].tolist())
    known = [policies.get(name, "") for name in names]
    yield _TOPIC_INFO.of(names, *counts, known, values=[1] * len(names))
    sizes = seen.topic_bytes
    if sizes is not None:
        yield _TOPIC_BYTES.of(sizes["topic"].tolist(), values=sizes["size_bytes"].tolist())
    yield from _marks(seen, seen.partitions)


def _marks(seen: Seen, rows: Any) -> Iterator[Family]:
    for column, name in _MARKS.items():
        known = rows[rows[column].notna()]
        sums = known.groupby("topic", sort=False)[column].sum()
        family = Family(
            f"{_PREFIX}topic_{name}_sum", "Sum over the partitions.", ("topic_name",), level="topic"
        )
        yield family.of(sums.index.tolist(), values=sums.tolist())
        if seen.shown.has("partition"):
            each = Family(
                f"{_PREFIX}topic_partition_{name}",
                "Offset of the partition.",
                ("topic_name", "partition_id"),
                level="partition",
            )
            places = (known["topic"].tolist(), known["partition"].tolist())
            yield each.of(*places, values=known[column].tolist())


def _groups(seen: Seen, rows: Any) -> Iterator[Family]:
    names = rows["group"].tolist()
    words = [[word or "" for word in rows[name]] for name in ("protocol", "protocol_type", "state")]
    coordinators = rows["coordinator_id"].tolist()
    is_stable = [int(state == "Stable") for state in words[2]]
    yield _GROUP_INFO.of(names, *words, coordinators, values=is_stable)
    yield _MEMBERS["members"].of(names, values=rows["members"].tolist())
    busy = Counter(group for group, _ in {(key[0], owner[1]) for key, owner in seen.owners.items()})
    known = rows[rows["members"].notna()]
    idle = [
        count - busy[name] for name, count in zip(known["group"], known["members"], strict=True)
    ]
    yield _MEMBERS["empty"].of(known["group"].tolist(), values=idle)


def _lag(seen: Seen, rows: Any) -> Iterator[Family]:
    if seen.shown.has("topic"):
        partitions = Counter(key[:2] for key in seen.owners)
        members = Counter({(*key[:2], owner[1]) for key, owner in seen.owners.items()})
        owning = Counter(key[:2] for key in members)
        shown = set(seen.shown.of_topics(rows)["topic"])
        for name, counted in (("members", owning), ("assigned_partitions", partitions)):
            held = [(*key, number) for key, number in counted.items() if key[1] in shown]
            yield _OF_TOPIC[name].rows(held)
        sums = seen.lag_by_topic
        names = (sums["group"].tolist(), sums["topic"].tolist())
        yield _OF_TOPIC["offset_sum"].of(*names, values=sums["committed_offset"].tolist())
        yield _OF_TOPIC["lag"].of(*names, values=sums["lag_records"].tolist())
    if seen.shown.has("partition"):
        places = (rows["group"].tolist(), rows["topic"].tolist(), rows["partition"].tolist())
        yield _LAG.of(*places, values=rows["lag_records"].tolist())
