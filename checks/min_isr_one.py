"""Topics with three copies or more whose acks=all writes may rest on one.

min.insync.replicas is 1, which is the default: while the leader is alone in the ISR, an acks=all
write is acknowledged with a single copy, and is lost with that broker. Topics that only inherit it
fold under weak-broker-defaults, where the one setting is that is at fault.

Reads: Metadata (replication factor), DescribeConfigs (min.insync.replicas and where it is set).
"""

from typing import Any

from kdiag.api import CLUSTER, Action, Finding, Said, TopicDurability, check, set_where, topic

_TARGET = 2


@check(area="replication", configs=("min.insync.replicas",), explained_by=("weak-broker-defaults",))
def min_isr_one(durability: TopicDurability, *, minimum_replicas: int = 3) -> Said:
    """Topics with three replicas or more whose acks=all writes may have one copy.

    minimum_replicas: Topics with fewer replicas are left alone; with two, a limit of 2 would stop
        writes at every restart.
    """
    rows = durability.rows
    risky = (rows["replication_factor"] >= minimum_replicas) & (rows["min_insync_replicas"] <= 1)
    for row in rows[risky].itertuples():
        yield Finding(
            "warning",
            topic(row.topic),
            f"Topic {row.topic} has {row.replication_factor} replicas, but acks=all writes need "
            "only 1 of them.",
            "While one replica is alone in the ISR, acknowledged records exist once, and are lost "
            "with that broker.",
            cause=f"min.insync.replicas=1 is {set_where(row.source)}.",
            due="the leader is lost",
            evidence={
                "replication_factor": row.replication_factor,
                "min_insync_replicas": row.min_insync_replicas,
                "target_min_insync_replicas": _TARGET,
            },
            actions=(_action(row),),
            because_of=frozenset() if row.source == "topic" else frozenset([CLUSTER]),
        )


def _action(row: Any) -> Action:
    if row.source == "topic":
        return Action(
            f"Set min.insync.replicas of {row.topic} to {_TARGET}.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type topics "
            "--entity-name {topic} --add-config min.insync.replicas={value}",
            "safe",
            {"topic": row.topic, "value": _TARGET},
        )
    return Action(
        f"Set min.insync.replicas to {_TARGET} for the cluster, once no topic with two replicas "
        "relies on the default.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type brokers "
        "--entity-default --add-config min.insync.replicas={value}",
        "disruptive",
        {"value": _TARGET},
    )
