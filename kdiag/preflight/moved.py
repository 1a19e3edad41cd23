"""The cluster as it would be when a reassignment is done, and as full as while it runs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.analysis.replica_sizes import replica_sizes
from kdiag.analysis.volumes import Place, Volumes
from kdiag.preflight.proposal import ANY, Key, Move, Proposal
from kdiag.sections import LogDirs, Partitions, Replicas, Topics
from kdiag.snapshot import Section, Snapshot
from kdiag.view import View

Copy = tuple[int, str, Key, int]
"""Broker, log directory, partition, bytes: a replica that must be made."""


def after(snapshot: Snapshot, proposal: Proposal) -> Snapshot:
    """Return the snapshot with the replicas where they are to be, in sync but on dead brokers.

    Disks hold the new replicas beside the old ones: these are deleted when all new ones are in
    sync, so this is the most that will lie there.
    """
    partitions = snapshot.get(Partitions)
    if not isinstance(partitions, Partitions):
        return snapshot
    sections: dict[type[Section], Any] = dict(snapshot.sections)
    view = View(snapshot)
    sections[Partitions] = made = _partitions(partitions, proposal, _dead(view))
    topics, held, dirs = snapshot.get(Topics), snapshot.get(Replicas), snapshot.get(LogDirs)
    if isinstance(topics, Topics):
        sections[Topics] = _topics(topics, made)
    if isinstance(held, Replicas) and isinstance(dirs, LogDirs):
        new = copies(held, dirs, proposal)
        sections[Replicas] = _with(held, new)
        volumes = view.get(Volumes)
        held_volumes = volumes if isinstance(volumes, Volumes) else None
        sections[LogDirs] = _fuller(dirs, new, held_volumes)
    return replace(snapshot, sections=sections)


def copies(held: Replicas, dirs: LogDirs, proposal: Proposal) -> list[Copy]:
    """Return the replicas that must be made; one of which no replica was seen counts as empty.

    A broker that may choose takes the directory with the fewest replicas (LogManager.nextLogDir).
    """
    rows = held.rows[~held.rows["is_future"]]
    columns = (rows[name].tolist() for name in ("broker", "path", "topic", "partition"))
    places = {(int(b), topic, int(n)): path for b, path, topic, n in zip(*columns, strict=True)}
    sizes = {(topic, number): size for topic, number, size in replica_sizes(held).values.tolist()}
    load: Counter[Place] = Counter()
    for online in dirs.rows[dirs.rows["error"].isna()].itertuples():
        load[int(online.broker), str(online.path)] = 0
    load.update((id_, path) for (id_, _, _), path in places.items())
    return list(_copies(proposal, places, sizes, load))


def _copies(
    proposal: Proposal,
    places: dict[tuple[int, str, int], str],
    sizes: dict[Any, Any],
    load: Counter[Place],
) -> Iterator[Copy]:
    for key, move in proposal.moves.items():
        for id_, wanted in zip(move.replicas, move.log_dirs, strict=True):
            here = places.get((id_, *key))
            if here is not None and wanted in (ANY, here):
                continue
            path = wanted if wanted != ANY else _emptiest(load, id_)
            load[id_, path] += 1
            yield id_, path, key, int(sizes.get(key, 0))


def _emptiest(load: Counter[Place], broker: int) -> str:
    own = [(number, path) for (id_, path), number in load.items() if id_ == broker]
    return min(own)[1] if own else ""


def _dead(view: View) -> set[int]:
    down = view.get(DownBrokers)
    return {int(id_) for id_ in down.rows["broker"]} if isinstance(down, DownBrokers) else set()


def _partitions(partitions: Partitions, proposal: Proposal, dead: set[int]) -> Partitions:
    rows = partitions.rows.copy()
    keys = zip(rows["topic"], rows["partition"], strict=True)
    moves = [proposal.moves.get((topic, int(number))) for topic, number in keys]
    for name in ("replicas", "isr", "leader"):
        pairs = zip(rows[name].astype(object), moves, strict=True)
        rows[name] = [was if move is None else _then(name, was, move, dead) for was, move in pairs]
    rows["leader"] = rows["leader"].astype("Int64")
    return replace(partitions, rows=rows)


def _then(column: str, was: Any, move: Move, dead: set[int]) -> Any:
    """Return what a column of a moved partition holds then."""
    if column == "replicas":
        return move.replicas
    in_sync = tuple(id_ for id_ in move.replicas if id_ not in dead)
    if column == "isr":
        return in_sync
    return was if was in in_sync else next(iter(in_sync), None)


def _topics(topics: Topics, partitions: Partitions) -> Topics:
    factors: dict[str, list[int]] = {}
    columns = partitions.rows["topic"], partitions.rows["replicas"]
    for topic, replicas in zip(*columns, strict=True):
        factors.setdefault(topic, []).append(len(replicas))
    rows = topics.rows.copy()
    for name, pick in (("replication_factor_min", min), ("replication_factor_max", max)):
        rows[name] = [
            pick(factors[topic]) if topic in factors else was
            for topic, was in zip(rows["topic"], rows[name], strict=True)
        ]
        rows[name] = rows[name].astype("Int64")
    return replace(topics, rows=rows)


def _with(held: Replicas, new: list[Copy]) -> Replicas:
    import pandas

    more = Replicas.from_rows(
        [
            {
                "broker": id_,
                "path": path,
                "topic": topic,
                "partition": number,
                "size_bytes": size,
                "offset_lag": 0,
                "is_future": False,
            }
            for id_, path, (topic, number), size in new
        ]
    )
    return replace(held, rows=pandas.concat([held.rows, more.rows], ignore_index=True))


def _fuller(dirs: LogDirs, new: list[Copy], volumes: Volumes | None) -> LogDirs:
    """Return the directories with what comes taken off, from all directories of a volume."""
    coming: Counter[Place] = Counter()
    for id_, path, _, size in new:
        coming[id_, path] += size
    alike = [] if volumes is None else volumes.rows["log_dirs"].tolist()
    for places in alike:
        whole = sum(coming[place] for place in places)
        coming.update({place: whole - coming[place] for place in places})
    rows = dirs.rows.copy()
    taken = [coming[int(id_), path] for id_, path in zip(rows["broker"], rows["path"], strict=True)]
    rows["usable_bytes"] = (rows["usable_bytes"] - taken).clip(lower=0)
    return replace(dirs, rows=rows)
