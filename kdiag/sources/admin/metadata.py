"""Brokers, topics and partitions: Metadata and DescribeCluster, asked of any broker."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from kdiag.errors import RequestError
from kdiag.sections import Partitions, Topics
from kdiag.sources.admin.eligible import Ids, Log, read_eligible
from kdiag.sources.admin.outcome import known
from kdiag.wire.cluster import Wire

OPERATIONS = {
    2: "All",
    3: "Read",
    4: "Write",
    5: "Create",
    6: "Delete",
    7: "Alter",
    8: "Describe",
    9: "ClusterAction",
    10: "DescribeConfigs",
    11: "AlterConfigs",
    12: "IdempotentWrite",
    13: "CreateTokens",
    14: "DescribeTokens",
    15: "TwoPhaseCommit",
}
"""Codes of org.apache.kafka.common.acl.AclOperation; bits of authorized operations."""

_NOT_TOLD = -(2**31)

Row = TypeVar("Row")


@dataclass(frozen=True)
class Node:
    """A broker as the cluster registers it."""

    id: int
    host: str
    port: int
    rack: str | None
    is_fenced: bool = False


@dataclass(frozen=True)
class Registered:
    """What the first two requests tell: who is there, and what there is.

    controller: the broker that is the controller, true in ZooKeeper mode only; None where that was
    not told. operations: what the principal may do on the cluster; None where that was not told.
    topics: as Metadata returned them, in the order of their names; tables are made of them later,
    when everything else has been asked. eligible: (topic, partition) → eligible leader replicas and
    last known ones, where there is no leader or no ISR.
    """

    cluster_id: str | None
    nodes: tuple[Node, ...]
    operations: tuple[str, ...] | None
    topics: tuple[Any, ...]
    read_at: datetime
    controller: int | None = None
    eligible: Mapping[Log, tuple[Ids, Ids]] = field(default_factory=dict)

    def leaders(self) -> Iterator[tuple[str, int, int | None]]:
        """Yield topic, partition and leader (None where there is none) of every partition."""
        for topic in self.topics:
            name = str(topic.name)
            for part in topic.partitions:
                yield name, int(part.partition_index), known(part.leader_id)

    def by_leader(self, rows: Mapping[Log, Row]) -> dict[int, dict[str, list[Row]]]:
        """Return leader → topic → what stands for its partitions; those without one are left."""
        led: dict[int, dict[str, list[Row]]] = {}
        for topic, partition, leader in self.leaders():
            row = rows.get((topic, partition))
            if row is not None and leader is not None:
                led.setdefault(leader, {}).setdefault(topic, []).append(row)
        return led


async def read_registered(wire: Wire, now: datetime) -> Registered:
    """Ask any broker for the cluster and all topics, and let the wire know its brokers.

    Raises RequestError where Metadata cannot be read; without DescribeCluster (before 2.8) fenced
    brokers and operations stay unknown.
    """
    metadata, described = await asyncio.gather(
        wire.ask(None, "Metadata", {"topics": None}), _describe_cluster(wire)
    )
    nodes = {node.node_id: _node(node, node.node_id) for node in metadata.brokers}
    if described is not None:
        nodes |= {node.broker_id: _node(node, node.broker_id) for node in described.brokers}
    wire.cluster_id = metadata.cluster_id
    wire.learn((node.id, node.host, node.port) for node in nodes.values())
    named = [topic for topic in metadata.topics if topic.name]
    return Registered(
        cluster_id=metadata.cluster_id,
        nodes=tuple(nodes[id_] for id_ in sorted(nodes)),
        operations=_operations(described),
        topics=tuple(sorted(named, key=lambda topic: str(topic.name))),
        read_at=now,
        controller=known(metadata.controller_id),
        eligible=await read_eligible(wire, named),
    )


async def _describe_cluster(wire: Wire) -> Any:
    def fields(version: int) -> dict[str, Any]:
        fenced = {"include_fenced_brokers": True} if version >= 2 else {}
        return {"include_cluster_authorized_operations": True, **fenced}

    try:
        reply = await wire.ask(None, "DescribeCluster", fields)
    except RequestError:
        return None
    return reply if reply.error_code == 0 else None


def _node(node: Any, id_: int) -> Node:
    return Node(int(id_), node.host, int(node.port), node.rack, getattr(node, "is_fenced", False))


def _operations(described: Any) -> tuple[str, ...] | None:
    bits = getattr(described, "cluster_authorized_operations", _NOT_TOLD)
    if bits == _NOT_TOLD:
        return None
    return tuple(name for code, name in OPERATIONS.items() if bits & (1 << code))


def make_tables(registered: Registered) -> tuple[Topics, Partitions]:
    """Return the tables of topics and partitions.

    An error on a topic or partition that only says that no leader is there is a fact, not a gap.
    """
    rows, now = registered.topics, registered.read_at
    parts = [
        (str(topic.name), partition)
        for topic in rows
        for partition in sorted(topic.partitions, key=lambda p: int(p.partition_index))
    ]
    factors = [[len(partition.replica_nodes) for partition in topic.partitions] for topic in rows]
    return (
        Topics.of(
            {
                "topic": [str(topic.name) for topic in rows],
                "topic_id": [_topic_id(topic) for topic in rows],
                "is_internal": [topic.is_internal for topic in rows],
                "partition_count": [len(topic.partitions) for topic in rows],
                "replication_factor_min": [min(each, default=None) for each in factors],
                "replication_factor_max": [max(each, default=None) for each in factors],
            },
            read_at=now,
        ),
        Partitions.of(
            {
                "topic": [name for name, _ in parts],
                "partition": [p.partition_index for _, p in parts],
                "leader": [known(p.leader_id) for _, p in parts],
                "leader_epoch": [getattr(p, "leader_epoch", None) for _, p in parts],
                "replicas": [_ids(p.replica_nodes) for _, p in parts],
                "isr": [_ids(p.isr_nodes) for _, p in parts],
                "offline_replicas": [_ids(getattr(p, "offline_replicas", ())) for _, p in parts],
                "elr": _told(registered, parts, 0),
                "last_known_elr": _told(registered, parts, 1),
            },
            read_at=now,
        ),
    )


def _told(registered: Registered, parts: list[tuple[str, Any]], which: int) -> list[Ids | None]:
    """Return the eligible leader replicas (0) or the last known ones (1) of each partition."""
    told = registered.eligible
    keys = [(name, int(p.partition_index)) for name, p in parts] if told else []
    return [told[key][which] if key in told else None for key in keys] or [None] * len(parts)


def _topic_id(topic: Any) -> str | None:
    id_ = getattr(topic, "topic_id", None)
    return None if id_ is None else str(id_)


def _ids(nodes: Any) -> tuple[int, ...]:
    return tuple(map(int, nodes))
