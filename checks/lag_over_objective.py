"""Groups that are further behind, or brokers that answer later, than an objective allows.

Objectives come from a profile (--profile) or from [[lag]] in the config file: how old the oldest
unread record of a group may be, how many records it may lag, and how long a produce request to a
topic may take. A group commits now and then: what it has read and not yet committed counts as
unread, so its usual gap between two commits is granted on top; 30 s where that is not known, six
times the default auto.commit.interval.ms. Nothing younger than 30 s can be told from that rhythm.

Reads: the objectives; OffsetFetch and ListOffsets (lag and its age), `__consumer_offsets` (rhythm
of the commits), JMX (time of produce requests).
"""

from typing import Any

from kdiag.api import (
    OLD_SECONDS,
    Action,
    Finding,
    LagObjectives,
    LagVerdicts,
    Said,
    TopicLatencies,
    check,
    count,
    group,
    span,
    topic,
)

_ROOTS = (
    "slow-consumer",
    "partition-ceiling",
    "producer-burst",
    "hot-partition",
    "slow-member",
    "stuck-consumer",
    "poison-record",
    "group-dead",
    "reader-blocked-by-transaction",
    "lag-overtakes-retention",
    "lag-growing",
    "static-zombie",
    "throttled-client",
    "rebalance-stuck",
)
_UNJUDGED = ("caught-up", "waiting")


@check(area="itself", explained_by=_ROOTS, excused_by=("abandoned-topic", "orphan-group"))
def lag_over_objective(
    objectives: LagObjectives, verdicts: LagVerdicts, latencies: TopicLatencies
) -> Said:
    """Groups and topics beyond an objective of the profile or the config file."""
    rows = objectives.rows.merge(verdicts.rows, on=["group", "topic"])
    for row in rows[~rows["verdict"].isin(_UNJUDGED)].itertuples():
        if row.what == "lag_seconds" and _is_late(row):
            yield _late(row)
        elif row.what == "lag_records" and _is_far(row):
            yield _far(row)
    for row in latencies.rows.itertuples():
        if row.produce_seconds > row.objective_seconds:
            yield _slow(row)


def _allowance(row: Any) -> float:
    """Return the seconds that a record may be read without being committed."""
    gap = row.usual_gap_seconds
    return float(gap) if gap == gap else float(OLD_SECONDS)


def _is_late(row: Any) -> bool:
    return bool(row.oldest_unread_seconds > row.wanted + _allowance(row))


def _is_far(row: Any) -> bool:
    """Tell whether it was beyond the objective over the whole window, and not for a moment."""
    then = row.lag_then_records
    return bool(row.lag_records > row.wanted and then == then and then > row.wanted)


def _late(row: Any) -> Finding:
    return Finding(
        "warning",
        group(row.group, row.topic),
        f"Group {row.group} is at least {span(row.oldest_unread_seconds)} behind on {row.topic}; "
        f"its objective is {span(row.wanted)}.",
        "What it does with the records comes later than was agreed.",
        cause=_cause(row),
        evidence={
            "oldest_unread_at_least_seconds": round(row.oldest_unread_seconds),
            "objective_seconds": row.wanted,
            "allowed_commit_gap_seconds": round(_allowance(row), 1),
            "lag_records": int(row.lag_records),
            "objective_from": row.source,
        },
        actions=(_look(row),),
    )


def _far(row: Any) -> Finding:
    return Finding(
        "warning",
        group(row.group, row.topic),
        f"Group {row.group} is {count(int(row.lag_records), 'record')} behind on {row.topic}; its "
        f"objective is {int(row.wanted):,}.",
        "What it does with the records comes later than was agreed.",
        cause=_cause(row),
        evidence={
            "lag_records": int(row.lag_records),
            "lag_then_records": int(row.lag_then_records),
            "objective_records": int(row.wanted),
            "objective_from": row.source,
        },
        actions=(_look(row),),
    )


def _cause(row: Any) -> str:
    return (
        "It keeps up with its input, at a distance that is more than the objective."
        if row.verdict == "moving"
        else f"The lag is judged as {row.verdict}."
    )


def _look(row: Any) -> Action:
    return Action(
        "See what the group does.",
        "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe --group {group}",
        values={"group": row.group},
    )


def _slow(row: Any) -> Finding:
    return Finding(
        "warning",
        topic(row.topic),
        f"Produce requests to broker {row.broker}, which leads partitions of {row.topic}, take "
        f"{1000 * row.produce_seconds:,.0f} ms on average; the objective is "
        f"{1000 * row.objective_seconds:,.0f} ms.",
        "Writers wait longer than was agreed, and buffer or drop what they cannot send.",
        evidence={
            "produce_seconds": round(row.produce_seconds, 4),
            "objective_seconds": row.objective_seconds,
            "broker": row.broker,
            "objective_from": row.source,
        },
        actions=(
            Action("See which phase of a request takes the time: request-handlers-saturated."),
        ),
    )
