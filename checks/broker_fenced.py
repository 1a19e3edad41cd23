"""Brokers that answer but are fenced by the controller.

A broker whose heartbeats do not reach the controller for broker.session.timeout.ms (9 s) is fenced:
it leads nothing and is in no ISR, while its port answers as if it were healthy (KIP-631). It is
down for its clients, with all that follows. A broker that is shut down stays fenced until it is
unregistered; that is no fault.

Reads: DescribeCluster (fenced brokers, Kafka 4.0 and newer), a connection to each broker, Metadata
(its replicas), DescribeConfigs (min.insync.replicas, for the impact); JMX of the active controller
(FencedBrokerCount, ActiveControllerCount), ApiVersions (mode).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Brokers,
    DownBrokers,
    Durability,
    Facts,
    Finding,
    KRaftMode,
    Said,
    broker,
    check,
    count,
    down_words,
    partition,
    value_by_target,
)

_ACTIVE, _FENCED = "active-controllers", "fenced-brokers"
_IMPACT = "It takes no reads and writes; its partitions have one copy less."


@check(
    area="replication",
    facts=(_ACTIVE, _FENCED),
    any_of=(Brokers, Facts),
    explained_by=("brokers-lost-together",),
)
def broker_fenced(
    brokers: Brokers | None,
    facts: Facts | None,
    mode: KRaftMode,
    down: DownBrokers | None,
    durability: Durability | None,
) -> Said:
    """Brokers that are up and fenced."""
    rows = [] if brokers is None else list(brokers.rows.itertuples())
    lost = {} if down is None else {int(row.broker): row for row in down.rows.itertuples()}
    for row in rows:
        if row.is_fenced and row.is_reachable:
            yield _finding(int(row.broker), lost.get(int(row.broker)), durability)
    away = sum(row.is_fenced or not row.is_reachable or not row.is_registered for row in rows)
    fenced = _counted(facts)
    if fenced > away:
        yield _unnamed(fenced - away, is_sure=brokers is not None)


def _counted(facts: Facts | None) -> int:
    """Return how many brokers the active controller counts; others may lag behind it."""
    if facts is None:
        return 0
    active, fenced = value_by_target(facts, _ACTIVE), value_by_target(facts, _FENCED)
    return int(max((n for target, n in fenced.items() if active.get(target) == 1), default=0))


def _finding(id_: int, lost: Any, durability: Durability | None) -> Finding:
    """Return what is said of a fenced broker; lost: what follows, where it is out of every ISR."""
    risk = {} if lost is None else down_words.risk_of(durability, id_)
    held = "" if lost is None else f" It holds {down_words.held(lost)}"
    explained = () if lost is None else lost.explained
    return Finding(
        "critical" if lost is not None and lost.replica_count else "warning",
        broker(id_),
        f"Broker {id_} answers, but the controller has fenced it.{held}",
        _IMPACT if lost is None else down_words.impact(lost, risk),
        cause="Its heartbeats do not reach the controller: the controller listener, long pauses, "
        "or a start that is not over.",
        due="it is meant to serve" if lost is None else down_words.due(lost, risk),
        evidence={
            **({} if lost is None else {"held_partitions": int(lost.replica_count)}),
            **({} if lost is None else {"leaderless_partitions": int(lost.leaderless_count)}),
            **risk,
        },
        actions=(
            Action(
                f"On broker {id_}, find why heartbeats fail, and test the way to the controllers.",
                "grep -E 'BrokerLifecycleManager|heartbeat' server.log | tail",
            ),
        ),
        covers=frozenset([broker(id_), *(partition(*log) for log in explained)]),
    )


def _unnamed(number: int, *, is_sure: bool) -> Finding:
    return Finding(
        "warning",
        CLUSTER,
        f"The controller counts {count(number, 'fenced broker')} more than are seen to be away."
        if is_sure
        else f"The controller counts {count(number, 'fenced broker')}.",
        _IMPACT,
        cause="Their heartbeats do not reach the controller; or they were taken out of service "
        "and never unregistered, which is harmless.",
        evidence={"fenced_brokers": number},
        actions=(
            Action(
                "See in the log of the active controller which they are.",
                "grep -iE 'fenc' controller.log | tail",
            ),
        ),
        confidence="possible",
    )
