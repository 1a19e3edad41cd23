"""Followers that leave the ISR and come back, again and again.

A follower that has not caught up for replica.lag.time.max.ms (30 s by default) leaves the ISR, and
joins it when it has. Each time acks=all writes wait, and a snapshot in between looks healthy. A
restart does the same once, as does a reassignment, so both are ruled out first.

Reads: JMX (IsrShrinksPerSec and IsrExpandsPerSec as counters, the uptime of brokers) in two
samples; or Metadata in two samples; DescribeCluster and ListPartitionReassignments.
"""

from collections.abc import Iterator

from kdiag.api import (
    Action,
    Brokers,
    FactDeltas,
    Facts,
    Finding,
    IsrChanges,
    Reassignments,
    Said,
    broker,
    check,
    count,
    partition,
    rows_of,
    span,
    subject_of,
    value_by_target,
)

_IMPACT = "acks=all writes wait for a follower that stalls; one more failure may take it offline."
_KEY = ["target", "delta", "seconds"]


@check(
    area="replication",
    facts=("isr-shrinks", "isr-expands", "uptime"),
    any_of=(FactDeltas, IsrChanges),
    explained_by=("slow-follower", "gc-pauses", "zookeeper-session-loss"),
)
def isr_flapping(
    changes: IsrChanges | None,
    deltas: FactDeltas | None,
    facts: Facts | None,
    brokers: Brokers | None,
    moving: Reassignments | None,
    *,
    young_seconds: float = 600,
) -> Said:
    """Brokers whose ISRs shrink and expand within a moment.

    young_seconds: while a broker has been up for less, a rolling restart explains it.
    """
    if _is_restarting(facts, brokers, young_seconds):
        return
    if changes is not None:
        yield from _followers(changes)
    if deltas is not None and not (moving is not None and len(moving)):
        yield from _leaders(deltas, brokers is not None and moving is not None)


def _is_restarting(facts: Facts | None, brokers: Brokers | None, young_seconds: float) -> bool:
    """Tell whether a broker is away, or came back a short while ago."""
    ups = {} if facts is None else value_by_target(facts, "uptime")
    if any(up < young_seconds for name, up in ups.items() if name.startswith("broker ")):
        return True
    if brokers is None:
        return False
    rows = brokers.rows
    return bool((~rows["is_registered"] | ~rows["is_reachable"] | rows["is_fenced"]).any())


def _followers(changes: IsrChanges) -> Iterator[Finding]:
    """Yield the brokers that left some ISR and joined another between the samples."""
    for row in changes.rows.itertuples():
        if not (row.left and row.joined):
            continue
        yield Finding(
            "warning",
            broker(row.broker),
            f"Broker {row.broker} left the ISR of {count(len(row.left), 'partition')} and joined "
            f"that of {count(len(row.joined), 'partition')} between two samples.",
            _IMPACT,
            cause="It keeps up only now and then: its disk, network or garbage collection stalls.",
            evidence={"left_partitions": len(row.left), "joined_partitions": len(row.joined)},
            actions=_actions(f"broker {row.broker}"),
            covers=frozenset(partition(*log) for log in row.left),
        )


def _leaders(deltas: FactDeltas, is_sure: bool) -> Iterator[Finding]:
    shrinks = rows_of(deltas, "isr-shrinks")[_KEY]
    both = shrinks.merge(rows_of(deltas, "isr-expands")[_KEY], on="target", suffixes=("", "_up"))
    for row in both[(both["delta"] > 0) & (both["delta_up"] > 0)].itertuples():
        yield Finding(
            "warning",
            subject_of(row.target),
            f"ISRs of partitions that {row.target} leads shrank {row.delta:,.0f} times and "
            f"expanded {row.delta_up:,.0f} times within {span(row.seconds)}.",
            _IMPACT,
            cause="Followers fall behind and catch up: one of them, or this leader, stalls.",
            evidence={
                "shrinks": int(row.delta),
                "expands": int(row.delta_up),
                "window_seconds": round(row.seconds, 1),
            },
            actions=_actions("each of its followers"),
            confidence="certain" if is_sure else "likely",
        )


def _actions(who: str) -> tuple[Action, ...]:
    return (
        Action(
            f"Look at disk latency and garbage collection of {who}, and in server.log of the "
            "leaders for `Shrinking ISR`, which names the follower.",
            "kafka-topics.sh --bootstrap-server {bootstrap} --describe "
            "--under-replicated-partitions",
        ),
    )
