"""Consumers whose work between two polls takes longer than they may stay away.

A consumer that does not poll for max.poll.interval.ms leaves its group (KIP-62), and joins again
when its work is done. What it worked on was not committed and is given to another member, which
takes as long: the group rebalances for ever and gets nowhere.

Reads: the generations and commits of the past in __consumer_offsets, the describes of groups.
"""

from math import ceil
from typing import Any

from kdiag.api import Action, Churn, Cluster, Said, check, churn_words, group_words, span

_HEADROOM = 1.5


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def poll_eviction_storm(churn: Churn, cluster: Cluster | None) -> Said:
    """Groups whose members exceed max.poll.interval.ms, leave and come back, again and again.

    A client counts when at least three of its stays were seen, none shorter than its
    max.poll.interval.ms (the rebalance timeout of its member record), and its partitions were
    silent for that long before it left.
    """
    for row in churn_words.verdict_rows(churn, "poll-eviction-storm"):
        yield churn_words.storm(
            row,
            "critical",
            f"{churn_words.stays(row)}, beyond max.poll.interval.ms "
            f"({span(row.rebalance_timeout_seconds)})",
            "What was read and not committed is read again each time, perhaps by another member: "
            "records are processed more than once, and the lag grows.",
            "The work between two polls takes longer than max.poll.interval.ms: the client leaves, "
            "and comes back as a new member when it polls again.",
            _actions(row, cluster),
        )


def _actions(row: Any, cluster: Cluster | None) -> tuple[Action, ...]:
    interval = row.rebalance_timeout_seconds
    away = row.away_seconds if row.away_seconds == row.away_seconds else interval
    work = row.lasted_seconds + away
    needed = ceil(work * _HEADROOM / 10) * 10
    share = max(1, int(100 * interval / (work * _HEADROOM)))
    return (
        group_words.describe_action(
            row.group,
            f"Lower max.poll.records to {share} % of what it is, or raise max.poll.interval.ms "
            f"from {interval * 1000:.0f} to {needed * 1000}: the work takes up to {span(work)}.",
        ),
        Action(
            "Take long work out of the poll loop: pause() the partitions, work in another thread, "
            "keep polling, resume(); give remote calls a time-out."
        ),
        Action(_softer(row, cluster)),
    )


def _softer(row: Any, cluster: Cluster | None) -> str:
    """Return what lets the other members go on meanwhile."""
    ways = []
    if "cooperative" not in (row.protocol or ""):
        ways.append("partition.assignment.strategy=cooperative-sticky (in two rolling restarts)")
    if _has_consumer_protocol(cluster):
        ways.append("group.protocol=consumer (KIP-848; Java clients from 4.0 on)")
    else:
        ways.append("group.protocol=consumer, once all brokers are 4.0 or newer (KIP-848)")
    return f"So that the others go on meanwhile: {' or '.join(ways)}. It ends no eviction."


def _has_consumer_protocol(cluster: Cluster | None) -> bool:
    """Tell whether the brokers drive groups of the consumer protocol (feature group.version)."""
    if cluster is None or "group.version" not in cluster.features:
        return False
    _, _, finalized = cluster.features["group.version"]
    return bool(finalized)
