"""Brokers that are down, and everything that follows from it.

A registered or replica-holding broker that is missing, fenced or unreachable, and out of the ISR
of everything it should hold. One that does not answer from here but is in sync for others is not
down; advertised-listener-unreachable says so. Explains each partition whose absent replicas are
all on brokers that are down.

Reads: DescribeCluster (registered, fenced), a connection to each broker, Metadata (ISR),
DescribeQuorum (whether a controller answers, when the broker was seen last), DescribeConfigs
(min.insync.replicas, for the impact).
"""

from typing import Any

from kdiag.api import (
    Action,
    Brokers,
    Cluster,
    DownBrokers,
    Durability,
    Finding,
    Said,
    broker,
    check,
    down_words,
    partition,
)

_SILENT = "no answer to"
"""What the reason says where a broker took the connection and does not answer, as the wire says."""


@check(area="replication", explained_by=("brokers-lost-together", "broker-fenced"))
def broker_down(
    brokers: Brokers, down: DownBrokers, durability: Durability | None, cluster: Cluster | None
) -> Said:
    """Brokers that are missing, fenced or unreachable and serve nothing."""
    for row in down.rows.itertuples():
        left = sorted(set(brokers.rows["broker"]) - set(down.rows["broker"]))
        risk = down_words.risk_of(durability, row.broker)
        yield Finding(
            "critical" if row.replica_count else "warning",
            broker(row.broker),
            f"Broker {row.broker} {'is fenced' if row.is_reachable else 'is down'}: {row.reason}; "
            f"it holds {down_words.held(row)}",
            down_words.impact(row, risk),
            cause=_cause(row),
            kind=_kind(row),
            evidence={
                "held_partitions": row.replica_count,
                "leaderless_partitions": row.leaderless_count,
                **risk,
            },
            actions=_actions(row, left, has_zookeeper=_has_zookeeper(cluster)),
            confidence="certain" if _is_gone(row) else "likely",
            since=None if row.last_seen != row.last_seen else row.last_seen.to_pydatetime(),
            due=down_words.due(row, risk),
            covers=frozenset(
                [broker(row.broker), *(partition(name, number) for name, number in row.explained)]
            ),
        )


def _cause(row: Any) -> str:
    if row.is_reachable:
        return "The broker is up, but its heartbeats do not reach the controller."
    if row.is_fenced:
        return "The controller gets no heartbeats from it either, and has fenced it."
    if not row.is_registered:
        return "It is not among the brokers that the cluster lists."
    return "It does not answer here, and no leader counts it as in sync."


def _kind(row: Any) -> str:
    """Return which of the ways to be down it is, as what to do differs."""
    if row.is_reachable:
        return "fenced"
    return "silent" if _SILENT in row.reason else "gone"


def _is_gone(row: Any) -> bool:
    return not row.is_reachable and (row.is_fenced or not row.is_registered)


def _has_zookeeper(cluster: Cluster | None) -> bool:
    """Tell whether the registration of a broker ends by itself, with its session."""
    return cluster is not None and cluster.mode in ("zookeeper", "migrating")


def _look(row: Any) -> str:
    if row.is_reachable:
        return "find out why its heartbeats fail"
    if _SILENT in row.reason:
        return (
            "see whether its machine and process hang (jstack, full disk, paused machine): the "
            "port takes connections, and nothing answers; then restart it"
        )
    return "start it again"


def _actions(row: Any, left: list[int], *, has_zookeeper: bool) -> tuple[Action, ...]:
    where = f" on {row.host}" if row.host else ""
    if not row.replica_count:
        start = Action(f"If broker {row.broker} should serve, start it{where}.")
        if has_zookeeper:
            return (start,)
        return (
            start,
            Action(
                "If it was taken out of service for good, remove its registration.",
                "kafka-cluster.sh unregister --bootstrap-server {bootstrap} --id {broker}",
                "disruptive",
                {"broker": row.broker},
            ),
        )
    look = _look(row)
    actions = (
        Action(
            f"Read the last lines of server.log of broker {row.broker}{where}, and {look}.",
            "kafka-topics.sh --bootstrap-server {bootstrap} --describe "
            "--under-replicated-partitions",
        ),
    )
    if not left:
        return actions
    return (
        *actions,
        Action(
            "If it will not return soon, plan the move of its replicas to the other brokers.",
            "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --generate "
            "--topics-to-move-json-file topics.json --broker-list {brokers}",
            values={"brokers": ",".join(map(str, left))},
        ),
    )
