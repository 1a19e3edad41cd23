"""Reassignments that do not move.

The replica that is being added is not in sync, and none of the copies that its broker is making has
grown between two samples. A throttled reassignment that moves is not stuck; with a low throttle the
samples must be far enough apart to see it move. Where the broker that shall get the copy is down,
nothing needs to be measured.

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
def reassignment_stuck(moving: MovingReplicas) -> Said:
    """Reassignments whose copies do not grow."""
    rows = moving.rows
    is_flat = (rows["moved_bytes"] <= 0).fillna(False).astype(bool)
    for row in rows[rows["is_down"] | ~rows["has_leader"] | is_flat].itertuples():
        subject = partition(row.topic, row.partition)
        yield Finding(
            "warning",
            subject,
            f"The reassignment of {row.topic}-{row.partition} to broker {row.broker} does not "
            f"move: {_seen(row)}.",
            "The partition keeps its old replicas, and no other reassignment of it can begin; what "
            "was to be relieved or replaced is not.",
            cause=_cause(row),
            evidence={
                "target_broker": int(row.broker),
                "copied_bytes": known(row.size_bytes),
                "moved_bytes": known(row.moved_bytes),
                "over_seconds": round(row.seconds, 1),
                "throttle_bytes_per_second": known(row.throttle_bytes_per_second),
            },
            actions=_actions(row),
            confidence="certain" if row.is_down or not row.has_leader else "likely",
            covers=frozenset([subject]),
            because_of=frozenset([broker(row.broker)]) if row.is_down else frozenset(),
        )


def _seen(row: Any) -> str:
    if row.is_down:
        return "that broker is down"
    if not row.has_leader:
        return "the partition has no leader to copy from"
    held = known(row.size_bytes)
    there = "" if held is None else f" of this one it has {size(held)};"
    return f"{there} none of its copies has grown in {span(row.seconds)}".lstrip()


def _cause(row: Any) -> str:
    if row.is_down:
        return f"Broker {row.broker} is down, so nothing is copied there."
    if not row.has_leader:
        return "There is no leader to copy from."
    rate = known(row.throttle_bytes_per_second)
    if rate is not None:
        return (
            f"Its disk is full or its fetcher failed; or the throttle of {size(rate)} a second is "
            "less than what is written meanwhile."
        )
    return "Its disk is full, or its fetcher failed; there is no throttle."


def _actions(row: Any) -> tuple[Action, ...]:
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
