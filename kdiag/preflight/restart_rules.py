"""What a restart would break, under the ids that doctor uses once it is broken.

What no waiting mends (too few replicas elsewhere even when all are in sync) stands apart from what
passes when followers catch up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.analysis.group_logs import groups_by_log
from kdiag.analysis.quorum import QuorumHealth
from kdiag.check import Said, check
from kdiag.finding import CLUSTER, Action, Finding, broker, partition
from kdiag.preflight.departure import Departure, Remaining
from kdiag.sections import Groups, Reassignments, Topics
from kdiag.wording import count, listed

_OFFSETS = "__consumer_offsets"
_DESCRIBE = "kafka-topics.sh --bootstrap-server {bootstrap} --describe"
_QUORUM = "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --replication"


@check(area="replication")
def replication_factor_low(remaining: Remaining, topics: Topics, groups: Groups | None) -> Said:
    """Partitions with no replica elsewhere: each restart takes them offline."""
    for row in _with(remaining, "sole"):
        yield _offline(
            row,
            _readers(row, topics, groups),
            cause="It has no replica elsewhere, so every restart does this; waiting does not help.",
            action=Action(f"Add a replica of {row.topic} on another broker first."),
        )


@check(area="replication")
def offline_partition(remaining: Remaining, topics: Topics, groups: Groups | None) -> Said:
    """Partitions whose replicas elsewhere are out of sync: they would have no leader."""
    for row in _with(remaining, "offline"):
        yield _offline(
            row,
            _readers(row, topics, groups),
            cause=f"Out of sync now: {_brokers(row.out_of_sync)}.",
            action=_wait_for(row),
        )


@check(area="replication", configs=("min.insync.replicas",))
def min_isr_equals_rf(remaining: Remaining, departure: Departure) -> Said:
    """Partitions that need more replicas in sync than would ever be left."""
    for row in _with(remaining, "refused", is_permanent=True):
        yield _refusing(
            row,
            departure,
            cause=f"It has {count(row.replication_factor, 'replica')}, so waiting does not help.",
            action=Action(
                f"Set min.insync.replicas of {row.topic} below {row.effective_min_isr}, or add a "
                "replica."
                if not departure.margin
                else f"Add a replica to {row.topic}, or take a smaller --margin."
            ),
        )


@check(area="replication", configs=("min.insync.replicas",))
def under_min_isr(remaining: Remaining, departure: Departure) -> Said:
    """Partitions that would refuse acks=all writes until other replicas are in sync again."""
    for row in _with(remaining, "refused", is_permanent=False):
        yield _refusing(
            row,
            departure,
            cause=f"Out of sync now: {_brokers(row.out_of_sync)}.",
            action=_wait_for(row),
        )


@check(area="replication")
def reassignment_stuck(reassignments: Reassignments, departure: Departure) -> Said:
    """Reassignments that would stand still while a broker is away."""
    for row in reassignments.rows.itertuples():
        taking = departure.brokers.intersection((*row.adding, *row.removing))
        if taking:
            yield Finding(
                "warning",
                partition(row.topic, row.partition),
                f"Partition {row.topic}-{row.partition} is being moved to or from "
                f"{_brokers(sorted(taking))}.",
                "The move stands still while the broker is away, and starts to copy again after.",
                evidence={"adding": list(row.adding), "removing": list(row.removing)},
                actions=(
                    Action(
                        "Let the move end first.",
                        "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --list",
                    ),
                ),
            )


@check(area="replication")
def broker_down(down: DownBrokers, departure: Departure) -> Said:
    """Brokers that are down already: one change at a time."""
    for row in down.rows.itertuples():
        if int(row.broker) in departure.brokers:
            continue
        yield Finding(
            "warning",
            broker(int(row.broker)),
            f"Broker {row.broker} is down already: {row.reason}.",
            "Two brokers are away at the same time.",
            evidence={"replica_count": int(row.replica_count)},
            actions=(Action(f"Bring back broker {row.broker} first.", _DESCRIBE),),
        )


@check(area="controller")
def quorum_lost(
    health: QuorumHealth, down: DownBrokers, departure: Departure, *, silent_seconds: int = 10
) -> Said:
    """Quorums that would lose their majority.

    silent_seconds: a voter that has not fetched for longer is not live (see quorum-at-majority).
    """
    voters = health.rows[health.rows["is_voter"]]
    ids = [int(id_) for id_ in voters["replica_id"]]
    is_live = voters["fetch_age_seconds"] <= silent_seconds
    gone = {int(id_) for id_ in down.rows["broker"]}
    live = [id_ for id_, lives in zip(ids, is_live, strict=True) if lives and id_ not in gone]
    left = [id_ for id_ in live if id_ not in departure.brokers]
    majority = len(ids) // 2 + 1
    if len(left) >= majority or departure.brokers.isdisjoint(live):
        return
    is_permanent = sum(id_ not in departure.brokers for id_ in ids) < majority
    silent = [id_ for id_ in ids if id_ not in live]
    yield Finding(
        "critical",
        CLUSTER,
        f"{len(left)} of {count(len(ids), 'voter')} of the quorum would be live; {majority} are "
        "needed.",
        "No leader can be elected, no topic created and no ISR changed until it is back.",
        cause="So it is with every restart of this node; waiting does not help."
        if is_permanent
        else f"Not fetching now: {listed(f'controller {id_}' for id_ in silent)}.",
        evidence={
            "live_voter_count": len(left),
            "voter_count": len(ids),
            "majority_count": majority,
            "is_permanent": is_permanent,
        },
        actions=(Action("Add controllers first." if is_permanent else "Wait for them.", _QUORUM),),
    )


def _with(remaining: Remaining, outcome: str, *, is_permanent: bool | None = None) -> Iterator[Any]:
    """Yield the partitions of an outcome; is_permanent: only those that are, or are not."""
    rows = remaining.rows[remaining.rows["outcome"] == outcome]
    if is_permanent is not None:
        rows = rows[rows["is_permanent"] == is_permanent]
    yield from rows.itertuples()


def _wait_for(row: Any) -> Action:
    return Action(
        f"Wait until {_brokers(row.out_of_sync)} is in sync again.",
        _DESCRIBE + " --under-replicated-partitions",
    )


def _offline(row: Any, readers: Sequence[str], cause: str, action: Action) -> Finding:
    stopped = f" {count(len(readers), 'group')} cannot commit meanwhile." if readers else ""
    return Finding(
        "critical",
        partition(row.topic, row.partition),
        f"Partition {row.topic}-{row.partition} would be offline: no in-sync replica is left.",
        f"It can be neither written nor read while the broker is away.{stopped}",
        cause=cause,
        evidence=_counted(row) | ({"groups": list(readers)} if readers else {}),
        actions=(action,),
    )


def _refusing(row: Any, departure: Departure, cause: str, action: Action) -> Finding:
    beyond = f" and the margin of {departure.margin}" if departure.margin else ""
    left = f"{count(len(row.left), 'in-sync replica')} would be left"
    return Finding(
        "critical",
        partition(row.topic, row.partition),
        f"Partition {row.topic}-{row.partition}: {left}, acks=all writes need "
        f"{row.effective_min_isr}{beyond}.",
        "Producers with acks=all get NOT_ENOUGH_REPLICAS while the broker is away."
        if len(row.left) < row.effective_min_isr
        else "Writes go on, with less in reserve than asked for.",
        cause=cause,
        evidence=_counted(row),
        actions=(action,),
    )


def _counted(row: Any) -> dict[str, Any]:
    return {
        "left_in_sync_replicas": list(row.left),
        "needed_in_sync_replicas": int(row.needed),
        "replication_factor": int(row.replication_factor),
        "is_permanent": bool(row.is_permanent),
    }


def _readers(row: Any, topics: Topics, groups: Groups | None) -> list[str]:
    """Return the groups whose offsets a partition holds."""
    if row.topic != _OFFSETS or groups is None:
        return []
    counts: Mapping[str, int] = dict(
        zip(topics.rows["topic"], topics.rows["partition_count"], strict=True)
    )
    names = [str(name) for name in groups.rows["group"]]
    return groups_by_log(names, int(counts[_OFFSETS])).get(int(row.partition), [])


def _brokers(ids: Sequence[int]) -> str:
    return listed(f"broker {id_}" for id_ in ids)
