"""Several brokers down at the same time, and all that follows.

One broker that is down costs each partition a copy; with several, partitions lose their leader,
their last live replica, or more copies than writes need. Three kinds are counted apart, because
each wants something else: those without any live replica wait for a disk; those with a live replica
that was not in sync wait for a decision; the rest only lacks copies. Internal topics among them
stop groups and transactions of the whole cluster.

Reads: DescribeCluster (registered, fenced), a connection to each broker, Metadata (leader, ISR),
DescribeTopicPartitions (ELR), DescribeQuorum (whether a controller answers, who was seen when),
DescribeConfigs (min.insync.replicas, for the impact).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Brokers,
    Durability,
    EligibleLeaders,
    Finding,
    LostBrokers,
    Said,
    broker,
    check,
    count,
    listed,
    partition,
)


@check(area="replication")
def brokers_lost_together(
    brokers: Brokers,
    lost: LostBrokers,
    eligible: EligibleLeaders | None,
    durability: Durability | None,
) -> Said:
    """Two or more brokers that hold replicas are down."""
    if len(lost.brokers) < 2:
        return
    first = _first(eligible, lost)
    refusing = _refusing(durability, lost)
    yield Finding(
        "critical",
        CLUSTER,
        f"{len(lost.brokers)} of {len(brokers)} brokers are down: {listed(lost.brokers)}; they "
        f"hold replicas of {count(lost.held_count, 'partition')}{_leaderless(lost)}.",
        _impact(lost, refusing),
        cause=_cause(lost),
        due=0.0 if lost.leaderless_count or refusing else "one more broker is lost",
        evidence={
            "lost_brokers": list(lost.brokers),
            "held_partitions": lost.held_count,
            "leaderless_partitions": lost.leaderless_count,
            "without_live_replica_partitions": lost.dead_count,
            "live_out_of_sync_partitions": lost.stale_count,
            "leaderless_internal_partitions": dict(lost.internal),
            "refusing_partitions": refusing,
            "start_first": first,
        },
        actions=_actions(lost, first),
        confidence="certain" if lost.is_certain else "likely",
        since=lost.since,
        covers=frozenset(
            [*(broker(id_) for id_ in lost.brokers), *(partition(*log) for log in lost.explained)]
        ),
    )


def _first(eligible: EligibleLeaders | None, lost: Any) -> list[int]:
    """Return the brokers that partitions wait for, the most wanted first."""
    if eligible is None:
        return []
    wanted = eligible.rows["broker"].value_counts(sort=True)
    return [int(id_) for id_ in wanted.index if int(id_) in lost.brokers]


def _refusing(durability: Durability | None, lost: Any) -> int | None:
    if durability is None:
        return None
    rows = durability.rows
    is_short = rows["leader"].notna() & (rows["spare"] < 0)
    return sum(bool(set(missing) & set(lost.brokers)) for missing in rows["missing"][is_short])


def _leaderless(lost: Any) -> str:
    if not lost.leaderless_count:
        return ""
    return f", {lost.leaderless_count:,} of which have no leader"


def _impact(lost: Any, refusing: int | None) -> str:
    said = []
    if lost.leaderless_count:
        said.append(f"Nobody can read or write {_partitions(lost.leaderless_count)} now.")
    if lost.internal:
        named = listed(f"{name} ({number})" for name, number in lost.internal)
        said.append(f"Internal topics among them stop groups or transactions: {named}.")
    if refusing:
        said.append(f"{_partitions(refusing)} refuse acks=all writes.")
    return " ".join(said) or "One more broker down, and partitions stop or refuse writes."


def _partitions(number: int) -> str:
    return count(number, "partition")


def _cause(lost: Any) -> str:
    said = [f"They all are in rack {lost.rack}."] if lost.rack else []
    if lost.dead_count:
        said.append(f"{_partitions(lost.dead_count)} have no live replica: their disks are needed.")
    if lost.stale_count:
        said.append(
            f"{_partitions(lost.stale_count)} have a live replica, but it was not in sync: it may "
            "lead only at the price of the records that it lacks."
        )
    return " ".join(said) or "What they hold is led by others."


def _actions(lost: Any, first: list[int]) -> tuple[Action, ...]:
    order = [*first, *(id_ for id_ in lost.brokers if id_ not in first)]
    look = Action(
        f"Bring the brokers back with their disks, broker {order[0]} first"
        f"{': most partitions wait for its copy' if first else ''}.",
        "kafka-topics.sh --bootstrap-server {bootstrap} --describe --unavailable-partitions",
    )
    if not lost.stale_count:
        return (look,)
    return (
        look,
        Action(
            "Only for partitions whose other disks are proven lost, elect a replica that was not "
            "in sync, one by one; never all of them at once.",
            "kafka-leader-election.sh --bootstrap-server {bootstrap} --election-type unclean "
            "--topic TOPIC --partition NUMBER",
            "disruptive",
        ),
    )
