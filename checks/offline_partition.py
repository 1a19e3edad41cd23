"""Partitions without a leader: nobody can read or write them.

Explains what else is said of the partition. Folds under a broker that is down where all replicas
are on such brokers; where a live replica exists that was not in sync it stays visible, because
then somebody has to choose between waiting and losing records.

Reads: Metadata (leader, ISR), DescribeTopicPartitions (ELR), DescribeCluster, a connection to each
broker.
"""

from typing import Any

from kdiag.api import (
    Action,
    DownBrokers,
    Finding,
    Partitions,
    Said,
    check,
    known,
    listed,
    partition,
)


@check(
    area="replication",
    explained_by=("brokers-lost-together", "broker-down", "log-dir-offline"),
)
def offline_partition(partitions: Partitions, down: DownBrokers | None) -> Said:
    """Partitions that have no leader."""
    gone = set() if down is None else set(down.rows["broker"])
    leader = partitions.rows["leader"]
    for row in partitions.rows[leader.isna() | leader.isin(gone)].itertuples():
        eligible = row.isr or row.elr or row.last_known_elr or ()
        alive = [id_ for id_ in row.replicas if id_ not in gone]
        kind, cause = ("", "") if down is None else _why(row, eligible, alive)
        yield Finding(
            "critical",
            partition(row.topic, row.partition),
            f"Partition {row.topic}-{row.partition} has no leader; its replicas are on "
            f"{_named(row.replicas)}.",
            "Nobody can read or write it until a leader is elected.",
            cause=cause,
            kind=kind,
            evidence={
                "replication_factor": len(row.replicas),
                "live_replicas": None if down is None else len(alive),
                "eligible_brokers": list(eligible),
            },
            actions=_actions(row, eligible, gone),
            confidence="likely" if _may_be_led(row, eligible, gone) else "certain",
            covers=frozenset([partition(row.topic, row.partition)]),
        )


def _may_be_led(row: Any, eligible: Any, gone: set[int]) -> bool:
    """Tell whether a live replica may lead: then the leader may only be unknown to us."""
    return bool(set(eligible) - gone - set(row.offline_replicas))


def _named(ids: Any) -> str:
    return f"broker{'s' * (len(ids) != 1)} {listed(ids, most=5)}"


def _why(row: Any, eligible: Any, alive: list[int]) -> tuple[str, str]:
    """Return which of the causes it is, and that in words."""
    failed = [id_ for id_ in row.offline_replicas if id_ in alive]
    if failed:
        return "log-dir", f"The log directory that holds it is offline on {_named(failed)}."
    if not alive:
        return "all-down", "Every broker that holds a replica of it is down."
    if known(row.leader) is not None:
        return (
            "leader-down",
            f"Its leader, broker {row.leader}, is down, and no controller has named another.",
        )
    if able := [id_ for id_ in eligible if id_ in alive]:
        return (
            "electing",
            f"{_named(able).capitalize()} could lead and is alive: "
            "an election is under way, or the leader has no address on this listener.",
        )
    if eligible:
        return (
            "unclean",
            f"Only {_named(eligible)} may lead without losing records, and it is down; "
            f"{_named(alive)} is alive but was not in sync.",
        )
    return "none-in-sync", "No replica is known to be in sync."


def _actions(row: Any, eligible: Any, gone: set[int]) -> tuple[Action, ...]:
    first = [id_ for id_ in eligible if id_ in gone] or [id_ for id_ in row.replicas if id_ in gone]
    look = Action(
        f"Start {_named(first)} first: it has the newest copy." if first else "Look again.",
        "kafka-topics.sh --bootstrap-server {bootstrap} --describe --unavailable-partitions",
    )
    return (
        look,
        Action(
            "Only if that broker's disk is lost for good: elect a replica that was not in sync, "
            "and lose the records it lacks.",
            "kafka-leader-election.sh --bootstrap-server {bootstrap} --election-type "
            "unclean --topic {topic} --partition {partition}",
            "disruptive",
            {"topic": row.topic, "partition": row.partition},
        ),
    )
