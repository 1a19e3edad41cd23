"""Quorums that lost as many voters as they can: the next loss stops the metadata.

Data keeps flowing when the majority is lost, so that nothing looks wrong, but from then on no
leader is elected, no topic is created and no ISR is changed.

Reads: DescribeQuorum (when each voter fetched last, as the leader of the quorum saw it).
"""

from kdiag.api import (
    CLUSTER,
    Action,
    Finding,
    NotApplicable,
    QuorumHealth,
    Said,
    broker,
    check,
    listed,
)


@check(area="controller", explained_by=("broker-down",))
def quorum_at_majority(health: QuorumHealth, *, silent_seconds: int = 10) -> Said:
    """Quorums in which one more loss stops the metadata.

    silent_seconds: a voter that has not fetched for longer is not live; voters fetch at least
        every half second, and give up on their leader after controller.quorum.fetch.timeout.ms,
        2 s by default.
    """
    voters = health.rows[health.rows["is_voter"]]
    if len(voters) == 1:
        yield NotApplicable("there is one voter, and no majority to lose")
        return
    is_live = voters["fetch_age_seconds"] <= silent_seconds
    live, majority = int(is_live.sum()), len(voters) // 2 + 1
    if is_live.all() or live > majority:
        return
    silent = sorted(int(id_) for id_ in voters.loc[~is_live, "replica_id"])
    yield Finding(
        "critical",
        CLUSTER,
        f"{live} of {len(voters)} voters of the quorum are live, and {majority} are needed.",
        "When one more is lost, no leader can be elected, no topic created and no ISR changed "
        "until one is back; reads and writes go on until something else fails.",
        cause=f"Not fetching: {listed(f'controller {id_}' for id_ in silent)}.",
        due="one more voter is lost",
        evidence={
            "live_voter_count": live,
            "voter_count": len(voters),
            "majority_count": majority,
            "silent_voters": silent,
        },
        actions=(
            Action(
                f"Bring back {listed(f'controller {id_}' for id_ in silent)}, and restart no other "
                "until it has caught up.",
                "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --replication",
            ),
        ),
        covers=frozenset(broker(id_) for id_ in silent),
        because_of=frozenset(broker(id_) for id_ in silent),
    )
