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
    by_place = None if replicas is None else _by_place(replicas)
    held = None if by_place is None else _held(by_place)
    rows = [
        _volume(group, hosts, held, by_place or {})
        for alike in _alike(known, hosts)
        for group in _apart(alike, held)
    ]
    return Volumes.from_rows(rows, errors=dict(_unseen(unknown)))


def by_volume(rows: Any, volumes: Volumes) -> Iterator[tuple[Any, Any]]:
    """Yield each volume with the rows on it. rows: with columns broker and path, as Replicas."""
    import pandas

    parts = dict(list(rows.groupby(["broker", "path"], sort=False)))
    for volume in volumes.rows.itertuples():
        theirs = [parts[place] for place in volume.log_dirs if place in parts]
        yield volume, pandas.concat([rows.iloc[:0], *theirs])


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


def _by_place(replicas: Replicas) -> dict[Place, Any]:
    """Return the bytes of each topic, by log directory."""
    return {
        (int(broker), path): part.groupby("topic", sort=False)["size_bytes"].sum()
        for (broker, path), part in replicas.rows.groupby(["broker", "path"], sort=False)
    }


def _held(by_place: Mapping[Place, Any]) -> dict[Place, int]:
    return {place: int(by_topic.sum()) for place, by_topic in by_place.items()}


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
    by_place: Mapping[Place, Any],
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
        "top_topics": _top_topics([by_place[place] for place in places if place in by_place]),
    }


def _top_topics(here: Sequence[Any]) -> tuple[tuple[str, int], ...]:
    """Return the largest of the topics in some log directories, with their bytes."""
    import pandas

    if not here:
        return ()
    sums = here[0] if len(here) == 1 else pandas.concat(here).groupby(level="topic").sum()
    return tuple((topic, int(held)) for topic, held in sums.nlargest(_TOP_TOPICS).items() if held)


def _unseen(unknown: Any) -> Iterator[tuple[str, Missing]]:
    for row in unknown.itertuples():
        if row.error is None:
            why = Missing("it does not tell the size of its volumes", "Kafka 3.3 or newer")
            yield f"broker {row.broker}", why
        else:
            yield f"log dir {row.path} of broker {row.broker}", Missing(f"offline: {row.error}")
