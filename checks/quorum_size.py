"""Quorums of controllers that tolerate no loss, or no more for having one voter more.

A quorum of 2n + 1 voters survives the loss of n. One voter survives none; two are worse than one,
since either loss stops the metadata; four survive one, as three do (KRaft operations, KIP-595).

Reads: DescribeQuorum (voters), DescribeCluster (number of brokers).
"""

from kdiag.api import CLUSTER, Action, Brokers, Finding, Quorum, Said, check, count, development


@check(area="controller")
def quorum_size(quorum: Quorum, brokers: Brokers | None) -> Said:
    """Quorums of one, two, or an even number of voters."""
    voters = int(quorum.rows["is_voter"].sum())
    if not voters or (voters >= 3 and voters % 2 == 1):
        return
    tolerated = (voters - 1) // 2
    alone = development(brokers) if voters == 1 else ""
    yield Finding(
        "info" if alone else "warning",
        CLUSTER,
        f"The quorum has {count(voters, 'voter')} and tolerates the loss of {tolerated or 'none'}.",
        _impact(voters),
        cause=alone,
        due="a controller is lost",
        evidence={
            "voter_count": voters,
            "tolerated_losses_count": tolerated,
            "wanted_voter_count": 3 if voters < 3 else voters - 1,
        },
        actions=(
            Action(
                "See the voters and whether the quorum can be changed while it runs "
                "(kraft.version 1 or higher).",
                "kafka-features.sh --bootstrap-server {bootstrap} describe",
            ),
            _change(voters),
        ),
    )


def _impact(voters: int) -> str:
    if voters <= 2:
        return (
            "When one controller is lost, no leader can be elected, no topic created and no "
            "broker fenced until it is back; if its disk is lost, so is the metadata."
            if voters == 1
            else "When either controller is lost, no leader can be elected and no topic created "
            "until it is back."
        )
    return (
        f"The quorum survives the loss of {(voters - 1) // 2}, as with {voters - 1} voters; the "
        "last voter adds cost and one more machine that can fail, and no safety."
    )


def _change(voters: int) -> Action:
    if voters < 3:
        return Action(
            "Bring the quorum to 3 voters: start each new controller as an observer, then, on its "
            "own machine, make it a voter.",
            "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} --command-config "
            "config/controller.properties add-controller",
            "safe",
        )
    return Action(f"Remove one voter, or add one: {voters - 1} or {voters + 1} voters.")
