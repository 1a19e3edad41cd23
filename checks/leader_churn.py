"""Partitions whose leaders change again and again.

Each change stops producers and consumers of the partition for a moment. A restart moves a leader
away and, once, back again; a preferred election moves it once. What moves more often than that
within two samples, while no broker restarts, is driven by something: a broker whose heartbeats
fail now and then, two tools that disagree, a controller that changes its mind.

Reads: Metadata (leader epochs) in two samples, DescribeCluster in both, ApiVersions
(metadata.version); JMX (uptime of brokers) where it is there.
"""

from typing import Any

from kdiag.api import (
    Action,
    Brokers,
    Earlier,
    Facts,
    Finding,
    LeaderMoves,
    Said,
    check,
    count,
    known,
    partition,
    span,
    value_by_target,
)


@check(
    area="replication",
    explained_by=("controller-churn", "gc-pauses", "zookeeper-session-loss"),
)
def leader_churn(
    moves: LeaderMoves,
    brokers: Brokers,
    before: Earlier[Brokers] | None,
    facts: Facts | None,
    *,
    moves_count: int = 3,
    every_seconds: float = 30,
    young_seconds: float = 600,
) -> Said:
    """Partitions that get new leaders while no broker restarts.

    moves_count: new leaders between two samples; a restart with the way back makes two.
    every_seconds: and at least one in this time, so that a rolling restart between samples that
    are far apart is none.
    young_seconds: while a broker has been up for less, a restart explains it.
    """
    if _is_restarting(brokers, before, facts, young_seconds):
        return
    rows = moves.rows
    often = (rows["moves"] >= moves_count) & (rows["seconds"] <= every_seconds * rows["moves"])
    for row in rows[often].itertuples():
        yield Finding(
            "warning",
            partition(row.topic, row.partition),
            f"Partition {row.topic}-{row.partition} got {count(row.moves, 'new leader')} within "
            f"{span(row.seconds)}, and no broker restarted.",
            "Each time its producers and consumers stop and look for the leader; writes with "
            "acks=1 may be lost.",
            cause="A broker whose heartbeats fail now and then, or tools that move leaders against "
            "each other."
            if facts is None
            else "All brokers have been up for longer: heartbeats that fail now and then, or tools "
            "that move leaders against each other.",
            evidence={
                "leader_changes_count": int(row.moves),
                "window_seconds": round(row.seconds, 1),
                "leader_before": known(row.leader_before),
                "leader": known(row.leader),
            },
            actions=(
                Action(
                    "See in the log of the active controller why it names new leaders: fenced "
                    "brokers, elections that were asked for, reassignments.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic {topic}",
                    values={"topic": row.topic},
                ),
            ),
            confidence="likely" if facts is None else "certain",
        )


def _is_restarting(
    brokers: Brokers, before: Brokers | None, facts: Facts | None, young_seconds: float
) -> bool:
    """Tell whether a broker is or was away, or came back a short while ago."""
    ups = {} if facts is None else value_by_target(facts, "uptime")
    if any(up < young_seconds for name, up in ups.items() if name.startswith("broker ")):
        return True
    return any(_is_away(table) for table in (brokers, before) if table is not None)


def _is_away(brokers: Any) -> bool:
    rows = brokers.rows
    return bool((~rows["is_registered"] | ~rows["is_reachable"] | rows["is_fenced"]).any())
