"""Where the probe's topic lies, and where it should: one partition that each broker leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdiag.sections import Brokers, Partitions, cluster_id
from kdiag.snapshot import Snapshot

_MOST_REPLICAS = 3
_OFFSETS_TOPIC = "__consumer_offsets"


@dataclass(frozen=True)
class Member:
    """A broker of the cluster.

    gone: why nobody can write to it, as the cluster says, None where it serves. silent: why it did
    not answer when it was asked, None where it did.
    """

    rack: str | None = None
    gone: str | None = None
    silent: str | None = None

    @property
    def away(self) -> bool:
        """Tell whether it does not serve, or did not answer."""
        return bool(self.gone or self.silent)


@dataclass(frozen=True)
class Place:
    """A partition of the topic. home: its preferred leader, the broker that it is there for."""

    partition: int
    replicas: tuple[int, ...]
    leader: int | None

    @property
    def home(self) -> int:
        """The broker that the partition is there for."""
        return self.replicas[0]


@dataclass(frozen=True)
class Placement:
    """The cluster as the probe sees it; places is empty where the topic does not exist.

    has_offsets_topic: whether some group has committed offsets before.
    """

    cluster_id: str | None
    brokers: Mapping[int, Member]
    places: tuple[Place, ...]
    has_offsets_topic: bool = True

    @property
    def served(self) -> frozenset[int]:
        """The brokers to tell of: those that serve, and those that hold replicas of the topic."""
        holders = {id_ for place in self.places for id_ in place.replicas}
        return frozenset(holders | {id_ for id_, each in self.brokers.items() if each.gone is None})

    @property
    def homeless(self) -> tuple[int, ...]:
        """The brokers that serve, and that no partition of the topic is there for."""
        homes = {place.home for place in self.places}
        return tuple(
            id_
            for id_, each in sorted(self.brokers.items())
            if each.gone is None and id_ not in homes
        )


def placement(snapshot: Snapshot, topic: str) -> Placement | None:
    """Return where a topic lies as a snapshot tells; None where it has no brokers or partitions."""
    brokers, partitions = snapshot.get(Brokers), snapshot.get(Partitions)
    if not isinstance(brokers, Brokers) or not isinstance(partitions, Partitions):
        return None
    names = partitions.rows["topic"]
    ours = partitions.rows[names == topic].sort_values("partition")
    return Placement(
        cluster_id=cluster_id(snapshot),
        brokers={int(row.broker): _member(row) for row in brokers.rows.itertuples()},
        places=tuple(
            Place(int(row.partition), tuple(map(int, row.replicas)), _known(row.leader))
            for row in ours.itertuples()
        ),
        has_offsets_topic=bool((names == _OFFSETS_TOPIC).any()),
    )


def _member(row: Any) -> Member:
    if not row.is_registered:
        return Member(row.rack, "it is not registered in the cluster")
    if row.is_fenced:
        return Member(row.rack, "it is fenced: registered, but not serving")
    silent = None if row.is_reachable else f"it does not answer: {row.unreachable_reason}"
    return Member(row.rack, None, silent)


def _known(leader: Any) -> int | None:
    """Return an id as a plain number; None for <NA>, which is equal to nothing."""
    import pandas

    return None if pandas.isna(leader) else int(leader)


def replicas_for(home: int, racks: Mapping[int, str | None]) -> tuple[int, ...]:
    """Return the brokers of a partition that is there for one of them, that one first.

    The others follow it in the order of their ids, each rack once as long as there are others; a
    broker without a rack is a rack by itself. Three replicas, or as many as there are brokers.
    """
    ids = sorted(racks)
    start = ids.index(home) + 1
    left = [*ids[start:], *ids[: start - 1]]
    chosen = [home]
    while left and len(chosen) < _MOST_REPLICAS:
        used = {_rack(id_, racks) for id_ in chosen}
        following = next((id_ for id_ in left if _rack(id_, racks) not in used), left[0])
        chosen.append(following)
        left.remove(following)
    return tuple(chosen)


def _rack(id_: int, racks: Mapping[int, str | None]) -> str | int:
    return racks[id_] or id_


def wanted(seen: Placement) -> tuple[tuple[int, ...], ...]:
    """Return the replicas of the partitions that are missing, to be added behind those there."""
    racks = {id_: each.rack for id_, each in seen.brokers.items() if each.gone is None}
    return tuple(replicas_for(id_, racks) for id_ in seen.homeless)


def configs(replicas: Sequence[tuple[int, ...]]) -> Mapping[str, str]:
    """Return the settings of a new topic.

    min.insync.replicas is one less than there are replicas: one broker may be away, as in topics
    that matter, and its absence shows on its own partition only. Records are kept for an hour, in
    segments of ten minutes or 16 MiB, so that the topic stays small.
    """
    fewest = min(map(len, replicas))
    return {
        "cleanup.policy": "delete",
        "min.insync.replicas": str(max(1, fewest - 1)),
        "retention.ms": "3600000",
        "segment.bytes": "16777216",
        "segment.ms": "600000",
    }
