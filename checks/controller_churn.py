"""Quorums that elect a controller again and again.

Each election stops what the controller does: leaders, ISRs, topics, reassignments, heartbeats of
brokers. A restart of the active controller makes one election, perhaps one more for a split vote.
More within two samples, while no controller restarts, means that the voters lose sight of each
other: long pauses, a slow disk under the metadata log, a link that drops.

Reads: DescribeQuorum (epoch and leader) in two samples; JMX (uptime of controllers and brokers)
where it is there.
"""

from kdiag.api import (
    CLUSTER,
    Action,
    ControllerMoves,
    Facts,
    Finding,
    Said,
    check,
    count,
    span,
    value_by_target,
)


@check(area="controller", explained_by=("gc-pauses",))
def controller_churn(
    moves: ControllerMoves,
    facts: Facts | None,
    *,
    elections_count: int = 3,
    every_seconds: float = 60,
    young_seconds: float = 600,
) -> Said:
    """The active controller changes again and again while none restarts.

    elections_count: epochs of the quorum between two samples; a restart makes one, with a split
    vote two.
    every_seconds: and at least one in this time, so that controllers which restart one after the
    other between samples that are far apart are none.
    young_seconds: while a process has been up for less, a restart explains it.
    """
    is_often = moves.moves >= elections_count and moves.seconds <= every_seconds * moves.moves
    ups = {} if facts is None else value_by_target(facts, "uptime")
    if not is_often or any(up < young_seconds for up in ups.values()):
        return
    yield Finding(
        "warning",
        CLUSTER,
        f"The quorum held {count(moves.moves, 'election')} within {span(moves.seconds)}; the "
        f"active controller was {moves.leader_before} and is {moves.leader}.",
        "Meanwhile no leader is elected, no ISR changed and no topic created; brokers whose "
        "heartbeats are not heard are fenced.",
        cause="The voters lose sight of their leader: pauses, a slow disk under the metadata log, "
        "or a link that drops.",
        evidence={
            "elections_count": moves.moves,
            "window_seconds": round(moves.seconds, 1),
            "leader_epoch": moves.epoch,
            "leader": moves.leader,
        },
        actions=(
            Action(
                "See who fetches how far behind, then look at garbage collection and disk latency "
                "of the controllers.",
                "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --replication",
            ),
        ),
        confidence="certain" if ups else "likely",
    )
