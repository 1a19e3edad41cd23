"""Reassignments that do not move.

The replica that is being added is not in sync, and none of the copies that its broker is making has
grown between two samples. A throttled reassignment that moves is not stuck; with a low throttle the
samples must be far enough apart to see it move. One that takes more than a week at its throttle is
as good as stuck: meanwhile nothing is relieved, and what is written comes on top. Where the broker
that shall get the copy is down, nothing needs to be measured.

Reads: ListPartitionReassignments and DescribeLogDirs in two samples, Metadata (leader, ISR),
DescribeCluster, DescribeConfigs of brokers (replication throttles).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    MovingReplicas,
    Said,
    broker,
    check,
    known,
    partition,
    size,
    span,
)


@check(
    area="replication",
    explained_by=(
        "brokers-lost-together",
        "broker-down",
        "offline-partition",
        "log-dir-offline",
        "replica-fetcher-failed",
    ),
)
def reassignment_stuck(moving: MovingReplicas, *, throttled_days: float = 7) -> Said:
    """Reassignments whose copies do not grow, or too slowly to end.

    throttled_days: how long what is left may take at the throttle.
    """
    rows = moving.rows
    is_flat = (rows["moved_bytes"] <= 0).fillna(False).astype(bool)
    is_slow = rows["left_seconds"] > throttled_days * 86400
    for row in rows[rows["is_down"] | ~rows["has_leader"] | is_flat | is_slow].itertuples():
        subject = partition(row.topic, row.partition)
        yield Finding(
            "warning",
            subject,
            f"The reassignment of {row.topic}-{row.partition} to broker {row.broker} {_seen(row)}.",
            "The partition keeps its old replicas, and no other reassignment of it can begin; what "
            "was to be relieved or replaced is not.",
            cause=_cause(row),
            evidence={
                "target_broker": int(row.broker),
                "copied_bytes": known(row.size_bytes),
                "moved_bytes": known(row.moved_bytes),
                "over_seconds": round(row.seconds, 1),
                "throttle_bytes_per_second": known(row.throttle_bytes_per_second),
                **({"left_seconds": round(row.left_seconds)} if _is_slow(row) else {}),
            },
            actions=_actions(row),
            confidence="likely" if _is_flat(row) else "certain",
            covers=frozenset([subject]),
            because_of=frozenset([broker(row.broker)]) if row.is_down else frozenset(),
            kind=_kind(row),
        )


def _is_flat(row: Any) -> bool:
    """Tell whether two samples show that nothing moves, and nothing else tells why."""
    moved = known(row.moved_bytes)
    return not row.is_down and row.has_leader and moved is not None and moved <= 0


def _is_slow(row: Any) -> bool:
    """Tell whether its throttle is all that is known to hold it."""
    return not row.is_down and row.has_leader and not _is_flat(row)


def _kind(row: Any) -> str:
    if row.is_down:
        return "down"
    if not row.has_leader:
        return "leaderless"
    return "flat" if _is_flat(row) else "slow"


def _seen(row: Any) -> str:
    if row.is_down:
        return "does not move: that broker is down"
    if not row.has_leader:
        return "does not move: the partition has no leader to copy from"
    if not _is_flat(row):
        rate = size(row.throttle_bytes_per_second)
        return f"takes {span(row.left_seconds)} more at its throttle of {rate} a second"
    held = known(row.size_bytes)
    there = "" if held is None else f" of this one it has {size(held)};"
    return f"does not move:{there} none of its copies has grown in {span(row.seconds)}"


def _cause(row: Any) -> str:
    if row.is_down:
        return f"Broker {row.broker} is down, so nothing is copied there."
    if not row.has_leader:
        return "There is no leader to copy from."
    rate = known(row.throttle_bytes_per_second)
    if not _is_flat(row):
        return "Its throttle lets too little through, and what is written meanwhile comes on top."
    if rate is not None:
        return (
            f"Its disk is full or its fetcher failed; or the throttle of {size(rate)} a second is "
            "less than what is written meanwhile."
        )
    return "Its disk is full, or its fetcher failed; there is no throttle."


def _actions(row: Any) -> tuple[Action, ...]:
    if _is_slow(row):
        return (
            Action(
                "Execute the same plan again with a higher throttle; that only changes the "
                "throttle of what is under way.",
                "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --execute "
                "--additional --reassignment-json-file plan.json --throttle 50000000",
                "disruptive",
            ),
        )
    return (
        Action(
            f"See what is moving, and what server.log of broker {row.broker} says of its replica "
            "fetchers and disks.",
            "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --list",
        ),
        Action(
            "Repair the target; or cancel with the plan that was executed, where the old replicas "
            "are alive.",
            "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --cancel "
            "--reassignment-json-file plan.json",
            "disruptive",
        ),
    )
