"""Quorums without a majority: no controller answers, and the metadata stands still.

Reads and writes go on, so that brokers look healthy. But nothing is decided any more: no leader is
elected where one fails, no ISR shrinks or grows, no topic, ACL or setting changes, no broker is
fenced. Metadata is what it was. Brokers forward DescribeQuorum to the active controller, and while
there is none they do not answer it.

Where the voters are brokers (combined mode) and those are down, that is the cause. Where a majority
may be up and a broker hangs, the same is seen for a while: if that broker is the active controller,
the others wait for its answer up to controller.socket.timeout.ms (30 s by default) before they turn
to the one that was elected. So such a loss is only likely until a second run says it again.

Reads: DescribeQuorum of every broker, Metadata, DescribeConfigs of brokers (process.roles,
controller.quorum.voters, controller.quorum.bootstrap.servers), a connection to each broker.
"""

from kdiag.api import (
    CLUSTER,
    Action,
    Brokers,
    Finding,
    KRaftMode,
    LostVoters,
    Quorum,
    Said,
    broker,
    check,
    count,
    listed,
)


@check(area="controller", explained_by=("brokers-lost-together", "broker-down"))
def quorum_lost(
    quorum: Quorum, mode: KRaftMode, brokers: Brokers, voters: LostVoters | None
) -> Said:
    """No controller answers, although brokers do."""
    if len(quorum):
        return
    is_reachable = brokers.rows["is_reachable"]
    asked = int(is_reachable.sum())
    silent = tuple(int(id_) for id_ in brokers.rows.loc[~is_reachable, "broker"])
    lost = () if voters is None else voters.brokers
    yield Finding(
        "critical",
        CLUSTER,
        "No controller answers: DescribeQuorum got no answer through "
        f"{'any of ' if asked > 1 else ''}{count(asked, 'broker')}, which "
        f"{'all tell' if asked > 1 else 'tells'} their metadata.",
        "No leader is elected, no ISR changes, no topic is created and no broker is fenced until a "
        "majority of the voters is back. Reads and writes go on until something else fails; "
        "acks=all writes wait where a follower is gone.",
        cause=_cause(lost, silent),
        evidence={"asked_brokers_count": asked, "lost_voters": list(lost)},
        actions=(
            Action(
                "On each controller: is the process up, and does its log say that it is a "
                "candidate, or that it cannot reach the others? Bring back a majority; their "
                "disks hold the metadata, so format none.",
                "grep -E 'RaftManager|KafkaRaftClient' server.log | tail",
            ),
            Action(
                "Ask the controllers directly, past the brokers.",
                "kafka-metadata-quorum.sh --bootstrap-controller CONTROLLER:PORT describe --status",
            ),
        ),
        confidence="certain" if asked > 1 and (lost or not silent) else "likely",
        covers=frozenset([CLUSTER]),
        because_of=frozenset(broker(id_) for id_ in lost),
    )


def _cause(lost: tuple[int, ...], silent: tuple[int, ...]) -> str:
    if lost:
        return f"{listed(f'Broker {id_}' for id_ in lost)} voted in it, and {_are(lost)} down."
    down = "A majority of the voters is down, or cannot reach each other"
    if not silent:
        return f"{down}."
    return (
        f"{down}; or {listed(f'broker {id_}' for id_ in silent)}, which {_do(silent)} not answer, "
        "was the active controller until now, and the others turn to the next one within 30 s. "
        "A second run tells."
    )


def _do(silent: tuple[int, ...]) -> str:
    return "does" if len(silent) == 1 else "do"


def _are(lost: tuple[int, ...]) -> str:
    return "is" if len(lost) == 1 else "are"
