"""One live broker that does not keep up with the leaders that it follows.

Every partition that misses a replica misses this one: not the cluster is unstable, but one disk,
one network card or one throttle is too slow. Brokers that are down, have an offline directory,
gave partitions up, or are just catching up after a start are told apart. A throttle that holds it
is named: with one it does not catch up, however long it has been up.

Reads: Metadata (ISR) and DescribeCluster, ListPartitionReassignments, DescribeConfigs
(min.insync.replicas, throttles of replication); JMX of the follower (ReplicaFetcherManager, uptime)
where it is there.
"""

from typing import Any

from kdiag.api import (
    Action,
    DownBrokers,
    Durability,
    Finding,
    FollowerThrottles,
    IsrChanges,
    Partitions,
    ReplicaFetchers,
    Said,
    UnderReplicated,
    broker,
    check,
    count,
    listed,
    partition,
    size,
)


@check(area="replication")
def slow_follower(
    partitions: Partitions,
    under: UnderReplicated,
    down: DownBrokers,
    fetchers: ReplicaFetchers | None,
    changes: IsrChanges | None,
    durability: Durability | None,
    throttles: FollowerThrottles | None,
    *,
    minimum_partitions: int = 2,
    young_seconds: float = 600,
) -> Said:
    """A live broker that all short partitions miss, or that a throttle holds back.

    minimum_partitions: so many must miss it; a single one has a fault of its own more often.
    young_seconds: a broker that has been up for less is catching up, where no throttle holds it.
    """
    gone = set(down.rows["broker"])
    short = under.rows.assign(alive=[set(ids) - gone for ids in under.rows["missing"]])
    short = short[short["alive"].map(len) > 0]
    ids = sorted(set().union(*short["alive"]))
    for id_ in ids:
        is_only = len(ids) == 1 and len(short) >= minimum_partitions
        mine = short[short["alive"].map(lambda alive, id_=id_: id_ in alive)]
        held = _held(throttles, id_, set(mine["topic"]))
        told = {} if fetchers is None else fetchers.told_by(id_)
        is_back = changes is not None and changes.is_catching_up(id_)
        is_recent = is_back or _is_other(told, young_seconds)
        if (held[1] or (is_only and not is_recent)) and not _is_offline(partitions, id_):
            yield _finding(id_, mine, told, _refusing(durability, id_), held)


def _is_other(told: dict[str, float], young_seconds: float) -> bool:
    """Tell whether it has just started, or gave partitions up (replica-fetcher-failed)."""
    is_young = told.get("up_seconds", young_seconds) < young_seconds
    return is_young or told.get("failed_partitions", 0) > 0 or told.get("dead_threads", 0) > 0


def _is_offline(partitions: Partitions, id_: int) -> bool:
    return any(id_ in offline for offline in partitions.rows["offline_replicas"])


def _refusing(durability: Durability | None, id_: int) -> int:
    """Count the partitions that refuse acks=all writes and miss this broker."""
    if durability is None:
        return 0
    rows = durability.rows[durability.rows["leader"].notna() & (durability.rows["spare"] < 0)]
    return sum(id_ in missing for missing in rows["missing"])


def _held(throttles: FollowerThrottles | None, id_: int, topics: set[str]) -> tuple[int, list[str]]:
    """Return the rate that the broker may copy these topics with, and which are held by it."""
    if throttles is None:
        return 0, []
    rows = throttles.rows[throttles.rows["broker"] == id_]
    rows = rows[rows["topic"].isin(topics)]
    return (0, []) if rows.empty else (int(rows["bytes_per_second"].min()), sorted(rows["topic"]))


def _finding(
    id_: int, short: Any, told: dict[str, float], refusing: int, held: tuple[int, list[str]]
) -> Finding:
    rate, topics = held
    alone = short[short["missing"].map(len) == 1]
    logs = [partition(*log) for log in zip(alone["topic"], alone["partition"], strict=True)]
    lag = told.get("max_lag_records")
    behind = "" if lag is None else f"; it is up to {count(int(lag), 'record')} behind"
    return Finding(
        "critical" if refusing else "warning",
        broker(id_),
        f"Broker {id_} is up, but out of the ISR of {count(len(short), 'partition')}{behind}."
        f"{'' if topics else ' No other live broker is out of any.'}",
        f"{count(refusing, 'partition')} refuse acks=all writes."
        if refusing
        else "Its partitions have one copy less; acks=all writes come closer to their limit.",
        cause=f"A throttle of {size(rate)} a second holds its copies of {listed(topics)} back."
        if topics
        else "It copies more slowly than is written: disk, network, or a replication throttle.",
        due=0.0 if refusing else "one more replica is lost",
        evidence={
            "missing_partitions": len(short),
            "refusing_partitions": refusing,
            **({"throttle_bytes_per_second": rate, "throttled_topics": topics} if topics else {}),
            **told,
        },
        actions=_unthrottle(id_) if topics else _look(id_),
        confidence="certain" if told else "likely",
        covers=frozenset([broker(id_), *logs]),
    )


def _unthrottle(id_: int) -> tuple[Action, ...]:
    return (
        Action(
            "If no reassignment is under way, take the throttle away that one left behind.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type brokers "
            "--entity-name {broker} --delete-config follower.replication.throttled.rate",
            "safe",
            {"broker": id_},
        ),
    )


def _look(id_: int) -> tuple[Action, ...]:
    return (
        Action(f"On broker {id_}, look at disk and network.", "iostat -x 5 3; sar -n DEV 5 3"),
        Action(
            "See whether a throttle was left behind by a reassignment.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --describe "
            "--entity-type brokers --entity-name {broker}",
            values={"broker": id_},
        ),
    )
