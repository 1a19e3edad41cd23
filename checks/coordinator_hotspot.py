"""Brokers that coordinate far more groups than the others.

A group belongs to the leader of its partition of `__consumer_offsets`. All joins, heartbeats and
commits go there; where that broker is slow, groups rebalance that have nothing else in common.

Reads: ListGroups (the broker that lists a group coordinates it), Metadata (leaders).
"""

from kdiag.api import (
    Action,
    Brokers,
    Finding,
    Groups,
    Partitions,
    Said,
    Whole,
    broker,
    check,
    count,
)

_TOPIC = "__consumer_offsets"


@check(area="lag", explained_by=("broker-down", "leader-imbalance"))
def coordinator_hotspot(
    groups: Whole[Groups],
    brokers: Brokers,
    partitions: Partitions,
    *,
    max_share_ratio: float = 2.0,
    min_groups_count: int = 20,
) -> Said:
    """Brokers that coordinate more than twice their fair share of the groups.

    max_share_ratio: how many times the fair share a broker may coordinate.
    min_groups_count: a broker with fewer groups is not reported.
    """
    held = groups.rows["coordinator"].value_counts()
    serving = int((brokers.rows["is_registered"] & ~brokers.rows["is_fenced"]).sum())
    leaders = partitions.rows.loc[partitions.rows["topic"] == _TOPIC, "leader"]
    fair = len(groups) / max(serving, 1)
    for id_, number in held.items():
        if number < min_groups_count or number <= max_share_ratio * fair:
            continue
        led, logs = int((leaders == id_).sum()), len(leaders)
        is_leading = logs > 0 and led > max_share_ratio * logs / serving
        yield Finding(
            "info",
            broker(id_),
            f"Broker {id_} coordinates {number:,} of {count(len(groups), 'group')}; a fair share "
            f"of {count(serving, 'broker')} would be {fair:,.0f}.",
            "All joins, heartbeats and commits of these groups go to it; when it restarts, all of "
            "them wait for its successor to load them.",
            cause=f"It leads {led} of {count(logs, 'partition')} of {_TOPIC}"
            + ("." if is_leading else ", its share: most groups happen to hash to these."),
            evidence={
                "groups": int(number),
                "fair_groups": round(fair, 1),
                "led_partitions": led,
                "partitions": logs,
            },
            actions=(
                Action(
                    f"Spread the leaders of {_TOPIC} over the brokers."
                    if is_leading
                    else "Nothing, unless its request handlers are busy; a move of some partitions "
                    "of __consumer_offsets moves their groups.",
                    "kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic {topic}",
                    values={"topic": _TOPIC},
                ),
            ),
        )
