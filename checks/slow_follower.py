"""One live broker that does not keep up with the leaders that it follows.

Every partition that misses a replica misses this one: not the cluster is unstable, but one disk,
one network card or one throttle is too slow. Brokers that are down, have an offline directory,
gave partitions up, or are just catching up after a start are told apart.

Reads: Metadata (ISR) and DescribeCluster, ListPartitionReassignments, DescribeConfigs
(min.insync.replicas); JMX of the follower (ReplicaFetcherManager, uptime) where it is there.
"""

from typing import Any

from kdiag.api import (
    Action,
    DownBrokers,
    Durability,
    Finding,
    IsrChanges,
    Partitions,
    ReplicaFetchers,
    Said,
    UnderReplicated,
    broker,
    check,
    count,
    partition,
)


@check(area="replication")
def slow_follower(
    partitions: Partitions,
    under: UnderReplicated,
    down: DownBrokers,
    fetchers: ReplicaFetchers | None,
    changes: IsrChanges | None,
    durability: Durability | None,
    *,
    minimum_partitions: int = 2,
    young_seconds: float = 600,
) -> Said:
    """A live broker that all short partitions miss.

    minimum_partitions: so many must miss it; a single one has a fault of its own more often.
    young_seconds: a broker that has been up for less is catching up.
    """
    gone = set(down.rows["broker"])
    short = under.rows.assign(alive=[set(ids) - gone for ids in under.rows["missing"]])
    short = short[short["alive"].map(len) > 0]
    ids = set().union(*short["alive"])
    if len(ids) != 1 or len(short) < minimum_partitions:
        return
    id_ = int(ids.pop())
    told = {} if fetchers is None else fetchers.told_by(id_)
    is_back = changes is not None and changes.is_catching_up(id_)
    if is_back or _is_offline(partitions, id_) or _is_other(told, young_seconds):
        return
    yield _finding(id_, short, told, _refusing(durability, id_))


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


def _finding(id_: int, short: Any, told: dict[str, float], refusing: int) -> Finding:
    alone = short[short["missing"].map(len) == 1]
    logs = [partition(*log) for log in zip(alone["topic"], alone["partition"], strict=True)]
    lag = told.get("max_lag_records")
    behind = "" if lag is None else f"; it is up to {count(int(lag), 'record')} behind"
    return Finding(
        "critical" if refusing else "warning",
        broker(id_),
        f"Broker {id_} is up, but out of the ISR of {count(len(short), 'partition')}{behind}. No "
        "other live broker is out of any.",
        f"{count(refusing, 'partition')} refuse acks=all writes."
        if refusing
        else "Its partitions have one copy less; acks=all writes come closer to their limit.",
        cause="It copies more slowly than is written: disk, network, or a replication throttle.",
        due=0.0 if refusing else "one more replica is lost",
        evidence={"missing_partitions": len(short), "refusing_partitions": refusing, **told},
        actions=(
            Action(f"On broker {id_}, look at disk and network.", "iostat -x 5 3; sar -n DEV 5 3"),
            Action(
                "See whether a throttle was left behind by a reassignment.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --describe "
                "--entity-type brokers --entity-name {broker}",
                values={"broker": id_},
            ),
        ),
        confidence="certain" if told else "likely",
        covers=frozenset([broker(id_), *logs]),
    )
