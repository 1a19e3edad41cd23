"""The file systems behind the log directories, each counted once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kdiag.check import derive
from kdiag.sections import Brokers, LogDirs, Replicas
from kdiag.snapshot import Missing, Table

_TOP_TOPICS = 5
_SAME_USABLE_RATIO = 0.01
_HELD_RATIO = 1.05

Place = tuple[int, str]


class Volumes(Table):
    """One row a file system that holds log directories; broker and path are of the first of them.

    Log directories of one host with the same total, and usable bytes within 1 % of it, are taken
    for one volume, unless their replicas hold more than such a volume has in use. log_dirs: tuple
    of (broker, path). kafka_bytes: sum of the replicas, <NA> where they were not read.
    top_topics: tuple of (topic, bytes), largest first.
    """

    noun = "volumes"
    columns = {
        "broker": "int",
        "path": "str",
        "host": "str",
        "total_bytes": "int",
        "usable_bytes": "int",
        "used_bytes": "int",
        "used_ratio": "float",
        "kafka_bytes": "int",
        "log_dirs": "object",
        "top_topics": "object",
    }


@derive()
def volumes(
    log_dirs: LogDirs, brokers: Brokers | None, replicas: Replicas | None
) -> Volumes | Missing:
    """Group log directories into volumes, and sum up what Kafka keeps there.

    Source: KIP-827 (total and usable bytes, Kafka 3.3 and newer). Without it, or while a directory
    is offline, nothing is known of the volume, and the errors say so.
    """
    known = log_dirs.rows[log_dirs.rows["total_bytes"].fillna(0) > 0]
    unknown = log_dirs.rows.drop(known.index)
    if len(known) == 0 and len(unknown) and unknown["error"].isna().all():
        return Missing("the brokers do not tell the size of their volumes", "Kafka 3.3 or newer")
    hosts = _hosts(brokers)
    by_topic = None if replicas is None else _by_topic(replicas)
    held = None if by_topic is None else _by_place(by_topic)
    rows = [
        _volume(group, hosts, held, by_topic)
        for alike in _alike(known, hosts)
        for group in _apart(alike, held)
    ]
    return Volumes.from_rows(rows, errors=dict(_unseen(unknown)))


def by_volume(rows: Any, volumes: Volumes) -> Iterator[tuple[Any, Any]]:
    """Yield each volume with the rows on it. rows: with columns broker and path, as Replicas."""
    import numpy as np

    index = {place: at for at, places in enumerate(volumes.rows["log_dirs"]) for place in places}
    places = zip(rows["broker"].tolist(), rows["path"], strict=True)
    parts = dict(list(rows.groupby(np.array([index.get(place, -1) for place in places]))))
    for at, volume in enumerate(volumes.rows.itertuples()):
        yield volume, parts.get(at, rows.iloc[:0])


def broker_disks(volumes: Volumes) -> Any:
    """Return total_bytes and used_bytes by broker; None where a volume belongs to several."""
    owners = volumes.rows["log_dirs"].map(lambda places: len({id_ for id_, _ in places}))
    if (owners > 1).any():
        return None
    sums = volumes.rows.groupby("broker")[["total_bytes", "used_bytes"]].sum()
    return sums.astype("float64")


def _hosts(brokers: Brokers | None) -> dict[int, str]:
    if brokers is None:
        return {}
    pairs = zip(brokers.rows["broker"], brokers.rows["host"], strict=True)
    return {int(id_): host for id_, host in pairs if host is not None}


def _by_topic(replicas: Replicas) -> Any:
    """Return the bytes of each topic in each log directory."""
    return replicas.rows.groupby(["broker", "path", "topic"], sort=False)["size_bytes"].sum()


def _by_place(by_topic: Any) -> dict[Place, int]:
    sums = by_topic.groupby(level=["broker", "path"]).sum()
    return {(int(broker), path): int(held) for (broker, path), held in sums.items()}


def _alike(known: Any, hosts: Mapping[int, str]) -> Iterator[list[Any]]:
    """Yield the log directories that look like one volume: same host, total, and usable bytes."""

    def order(row: Any) -> tuple[str, int, int, int, str]:
        return (_host(row, hosts), row.total_bytes, row.usable_bytes, row.broker, row.path)

    group: list[Any] = []
    for row in sorted(known.itertuples(), key=order):
        if group and not _same(group[0], row, hosts):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _host(row: Any, hosts: Mapping[int, str]) -> str:
    return hosts.get(int(row.broker), f"broker {row.broker}")


def _same(one: Any, other: Any, hosts: Mapping[int, str]) -> bool:
    return (
        _host(one, hosts) == _host(other, hosts)
        and one.total_bytes == other.total_bytes
        and abs(one.usable_bytes - other.usable_bytes) <= _SAME_USABLE_RATIO * one.total_bytes
    )


def _apart(group: list[Any], held: Mapping[Place, int] | None) -> list[list[Any]]:
    """Return the directories one by one where together they hold more than the volume has in use.

    Equal disks that are filled evenly look like one volume; the sum of their replicas does not.
    """
    used = max(row.total_bytes - row.usable_bytes for row in group)
    if held is None or sum(held.get(_place(row), 0) for row in group) <= _HELD_RATIO * used:
        return [group]
    return [[row] for row in group]


def _place(row: Any) -> Place:
    return int(row.broker), row.path


def _volume(
    group: Sequence[Any],
    hosts: Mapping[int, str],
    held: Mapping[Place, int] | None,
    by_topic: Any,
) -> dict[str, Any]:
    places = sorted(_place(row) for row in group)
    total = int(group[0].total_bytes)
    usable = min(int(row.usable_bytes) for row in group)
    return {
        "broker": places[0][0],
        "path": places[0][1],
        "host": hosts.get(places[0][0]),
        "total_bytes": total,
        "usable_bytes": usable,
        "used_bytes": total - usable,
        "used_ratio": 1 - usable / total,
        "kafka_bytes": None if held is None else sum(held.get(place, 0) for place in places),
        "log_dirs": tuple(places),
        "top_topics": () if by_topic is None else _top_topics(places, by_topic),
    }


def _top_topics(places: Sequence[Place], by_topic: Any) -> tuple[tuple[str, int], ...]:
    here = by_topic[by_topic.index.droplevel("topic").isin(places)]
    sums = here.groupby(level="topic").sum().nlargest(_TOP_TOPICS)
    return tuple((topic, int(held)) for topic, held in sums.items() if held > 0)


def _unseen(unknown: Any) -> Iterator[tuple[str, Missing]]:
    for row in unknown.itertuples():
        if row.error is None:
            why = Missing("it does not tell the size of its volumes", "Kafka 3.3 or newer")
            yield f"broker {row.broker}", why
        else:
            yield f"log dir {row.path} of broker {row.broker}", Missing(f"offline: {row.error}")
