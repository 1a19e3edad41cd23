"""What the brokers that are down hold together: which partitions are dead, and which can wait."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.check import derive
from kdiag.sections import Brokers, Partitions, Topics
from kdiag.snapshot import Section


@dataclass(frozen=True, eq=False, kw_only=True)
class LostBrokers(Section):
    """The brokers that are down and hold replicas.

    rack: that all of them share, where other brokers are in others. held_count: partitions with a
    replica on one of them. leaderless_count: of these without a leader that is up; dead_count: of
    these without a live replica; stale_count: with a live one that is not in sync. internal: tuple
    of (internal topic, its leaderless partitions). explained: tuple of (topic, partition) whose
    absent replicas are all on these brokers. since: when the first was seen last.
    """

    noun: ClassVar[str] = "brokers"

    brokers: tuple[int, ...]
    rack: str | None = None
    held_count: int = 0
    leaderless_count: int = 0
    dead_count: int = 0
    stale_count: int = 0
    internal: tuple[tuple[str, int], ...] = ()
    explained: tuple[tuple[str, int], ...] = ()
    is_certain: bool = True
    since: datetime | None = None

    def __len__(self) -> int:
        return len(self.brokers)


@derive()
def lost_brokers(
    brokers: Brokers, down: DownBrokers, partitions: Partitions, topics: Topics
) -> LostBrokers:
    """Sort the partitions of the brokers that are down by what is left of them."""
    rows = down.rows[down.rows["replica_count"] > 0]
    ids = {int(id_) for id_ in rows["broker"]}
    if not ids:
        return LostBrokers(brokers=())
    held, leaderless = _held(partitions, ids)
    internal = set(topics.rows.loc[topics.rows["is_internal"], "topic"])
    stopped = Counter(topic for topic, _, _, _ in leaderless if topic in internal)
    seen = rows["last_seen"].dropna()
    return LostBrokers(
        brokers=tuple(sorted(ids)),
        rack=_rack(brokers, ids),
        held_count=held,
        leaderless_count=len(leaderless),
        dead_count=sum(not alive for *_, alive, _ in leaderless),
        stale_count=sum(bool(alive) and not in_sync for *_, alive, in_sync in leaderless),
        internal=tuple(sorted(stopped.items())),
        explained=tuple(sorted({log for logs in rows["explained"] for log in logs})),
        is_certain=bool((rows["is_fenced"] | ~rows["is_registered"]).all()),
        since=None if seen.empty else seen.min().to_pydatetime(),
    )


def _held(
    partitions: Partitions, ids: set[int]
) -> tuple[int, list[tuple[str, int, set[int], set[int]]]]:
    """Return how many partitions are held, and of those without a leader: live and in-sync ones."""
    rows = partitions.rows
    has_no_leader = rows["leader"].isna() | rows["leader"].isin(ids)
    columns = (rows["topic"], rows["partition"], has_no_leader, rows["replicas"], rows["isr"])
    held, leaderless = 0, []
    for topic, number, has_none, replicas, isr in zip(*columns, strict=True):
        if ids.isdisjoint(replicas):
            continue
        held += 1
        if has_none:
            leaderless.append((topic, int(number), set(replicas) - ids, set(isr) - ids))
    return held, leaderless


def _rack(brokers: Brokers, ids: set[int]) -> str | None:
    racks: dict[str, set[int]] = {}
    for id_, rack in zip(brokers.rows["broker"], brokers.rows["rack"], strict=True):
        racks.setdefault(rack, set()).add(int(id_))
    found: Any = [rack for rack, members in racks.items() if ids <= members]
    return found[0] if found and found[0] and len(racks) > 1 else None
