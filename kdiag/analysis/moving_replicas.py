"""How far the copies are that reassignments are making, and whether they grow."""

import math
from collections.abc import Mapping

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.check import Earlier, derive
from kdiag.sections import BrokerConfigs, Partitions, Reassignments, Replicas
from kdiag.snapshot import Missing, Table
from kdiag.wording import span

_KEY = ["topic", "partition"]
_RATES = ("leader.replication.throttled.rate", "follower.replication.throttled.rate")
_FETCH_BYTES = 1 << 20
"""What a follower fetches of a partition at once: replica.fetch.max.bytes, 1 MiB by default."""

_FETCHES = 4
"""So many fetches a throttle must let pass between two samples to tell anything."""

Copy = tuple[int, str, int]
"""Broker, topic, partition."""

Sizes = Mapping[Copy, int]


class MovingReplicas(Table):
    """One row a replica that a reassignment is adding, and that is not in sync.

    is_down: its broker is. moved_bytes: that all copies on its broker grew by between the samples;
    <NA> where the broker did not tell, where the samples are too close, and where the reassignment
    is younger than the one before. size_bytes: of this copy. throttle_bytes_per_second: the lowest
    limit that a broker has, <NA> without one. left_seconds: what all copies that its broker waits
    for still take at that limit, NaN where one of both is not known. has_leader: there is somebody
    to copy from. seconds: between the samples.
    """

    noun = "moving replicas"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "broker": "int",
        "is_down": "bool",
        "has_leader": "bool",
        "moved_bytes": "int",
        "size_bytes": "int",
        "throttle_bytes_per_second": "int",
        "left_seconds": "float",
        "seconds": "float",
    }


@derive()
def moving_replicas(
    partitions: Partitions,
    reassignments: Reassignments,
    before: Earlier[Reassignments] | None,
    replicas: Replicas | None,
    replicas_before: Earlier[Replicas] | None,
    down: DownBrokers | None,
    configs: BrokerConfigs | None,
) -> MovingReplicas:
    """Follow the copies of one broker together: a follower takes turns between partitions.

    What a throttle lets pass comes in fetches of a mebibyte; between samples that are too close
    for a few of them nothing can be told.
    """
    rows = _adding(reassignments)
    if not rows:
        return MovingReplicas.of()
    gone = set() if down is None else set(down.rows["broker"])
    old = set() if before is None else set(_adding(before))
    rate, seconds = _throttle(configs), _apart(replicas, replicas_before)
    undecided = _undecided(seconds, rate)
    in_sync, led = _in_sync(partitions), _led(partitions)
    waiting = [row for row in rows if row not in in_sync]
    sizes, then = _sizes(replicas), _sizes(replicas_before)
    moved = {} if undecided else _moved(waiting, sizes, then)
    left = _left(waiting, sizes, led)
    return MovingReplicas.from_rows(
        [
            {
                "topic": row[1],
                "partition": row[2],
                "broker": row[0],
                "is_down": row[0] in gone,
                "has_leader": row[1:] in led,
                "moved_bytes": moved.get(row[0]) if row in old else None,
                "size_bytes": sizes.get(row),
                "throttle_bytes_per_second": rate,
                "left_seconds": left.get(row[0], math.nan) / rate if rate else math.nan,
                "seconds": seconds,
            }
            for row in waiting
        ],
        errors={
            f"reassignment of {topic}-{number}": undecided
            for broker, topic, number in waiting
            if undecided is not None and broker not in gone
        },
    )


def _adding(table: Reassignments) -> list[Copy]:
    rows = table.rows
    columns = (rows["topic"], rows["partition"], rows["adding"])
    return [
        (int(id_), topic, int(number))
        for topic, number, adding in zip(*columns, strict=True)
        for id_ in adding or ()
    ]


def _in_sync(partitions: Partitions) -> set[Copy]:
    rows = partitions.rows
    columns = (rows["topic"], rows["partition"], rows["isr"])
    return {
        (int(id_), topic, int(number))
        for topic, number, isr in zip(*columns, strict=True)
        for id_ in isr
    }


def _led(partitions: Partitions) -> dict[tuple[str, int], int]:
    """Return topic and partition → its leader, where it has one."""
    rows = partitions.rows[partitions.rows["leader"].notna()]
    columns = (rows["topic"], rows["partition"].tolist(), rows["leader"].tolist())
    return {(topic, number): id_ for topic, number, id_ in zip(*columns, strict=True)}


def _throttle(configs: BrokerConfigs | None) -> int | None:
    if configs is None:
        return None
    rows = configs.rows[configs.rows["key"].isin(_RATES) & configs.rows["value"].notna()]
    rates = [int(value) for value in rows["value"] if str(value).isdigit()]
    return min((rate for rate in rates if rate < 1 << 62), default=None)


def _apart(replicas: Replicas | None, before: Replicas | None) -> float:
    """Return the seconds between two samples of sizes, 0 where there is one at most."""
    if replicas is None or before is None:
        return 0.0
    return (replicas.read_at - before.read_at).total_seconds()


def _undecided(seconds: float, rate: int | None) -> Missing | None:
    """Return why it cannot be told whether copies grow, or None."""
    if not seconds:
        return Missing("only one sample of log dirs was taken", "--sample-seconds")
    needed = 0.0 if rate is None else _FETCHES * _FETCH_BYTES / max(rate, 1)
    if seconds < needed:
        return Missing(
            f"at the throttle of {rate:,} bytes a second samples must be {span(needed)} apart",
            "--sample-seconds",
        )
    return None


def _sizes(replicas: Replicas | None) -> Sizes:
    if replicas is None:
        return {}
    rows = replicas.rows[~replicas.rows["is_future"]]
    columns = (rows[name].tolist() for name in ("broker", *_KEY, "size_bytes"))
    return {
        (broker, topic, number): size for broker, topic, number, size in zip(*columns, strict=True)
    }


def _moved(waiting: list[Copy], sizes: Sizes, then: Sizes) -> dict[int, int]:
    """Return broker → bytes that the copies which it waits for grew by, where it told both."""
    told = {row[0] for row in sizes} & {row[0] for row in then}
    grown = {row[0]: 0 for row in waiting if row[0] in told}
    for row in waiting:
        if row[0] in grown and row in sizes:
            grown[row[0]] += sizes[row] - then.get(row, 0)
    return grown


def _left(waiting: list[Copy], sizes: Sizes, led: Mapping[tuple[str, int], int]) -> dict[int, int]:
    """Return broker → bytes that the copies which it waits for lack of their leaders' ones."""
    left: dict[int, int] = {}
    for broker, topic, number in waiting:
        whole = sizes.get((led.get((topic, number), -1), topic, number))
        if whole is not None:
            lacks = max(0, whole - sizes.get((broker, topic, number), 0))
            left[broker] = left.get(broker, 0) + lacks
    return left
