"""Topics in which Kafka, Connect or Schema Registry keep their own state, with too few copies.

Committed offsets, transactions, share-group state, tiered-storage metadata, schemas and connector
settings deserve min(3, brokers) copies: losing one of these partitions stops many applications.
__consumer_offsets and __transaction_state must also be compacted, and only that: a delete policy
drops the offsets of slow groups. (__share_group_state and __remote_log_metadata are not compacted
by design; _schemas and the topics of Connect have checks of their own for it.)

Reads: Metadata (replication factor), DescribeCluster (brokers), DescribeConfigs (cleanup.policy).
"""

from typing import Any

from kdiag.api import (
    Action,
    CopyTargets,
    Finding,
    Said,
    TopicConfigs,
    check,
    config_by_topic,
    count,
    topic,
)

_COMPACTED = ("__consumer_offsets", "__transaction_state")


@check(area="replication", configs=("cleanup.policy",), any_of=(CopyTargets, TopicConfigs))
def internal_topic_durability(
    targets: CopyTargets | None, topic_configs: TopicConfigs | None
) -> Said:
    """Internal topics with too few replicas, or not compacted where they must be."""
    policies = {} if topic_configs is None else config_by_topic(topic_configs, "cleanup.policy")
    deleting = {name: policies[name] for name in _COMPACTED if policies.get(name, "") not in _FINE}
    low = {} if targets is None else _low(targets)
    for name in sorted({*low, *deleting}):
        row, policy = low.get(name), deleting.get(name)
        yield Finding(
            "warning",
            topic(name),
            f"Internal topic {name} {' and '.join(_faults(row, policy))}.",
            " ".join(_impacts(row, policy)),
            due="a broker is lost",
            evidence=_evidence(row, policy),
            actions=tuple(_actions(name, row, policy)),
        )


_FINE = ("", "compact")


def _low(targets: CopyTargets) -> dict[str, Any]:
    rows = targets.rows
    low = rows["is_plumbing"] & (rows["replication_factor"] < rows["wanted_replicas"])
    return {row.topic: row for row in rows[low].itertuples()}


def _faults(row: Any, policy: str | None) -> list[str]:
    faults = []
    if row is not None:
        faults.append(
            f"has {count(row.replication_factor, 'replica')} where this cluster has room for "
            f"{row.wanted_replicas}"
        )
    if policy is not None:
        faults.append(f"has cleanup.policy={policy}, it must be compact")
    return faults


def _impacts(row: Any, policy: str | None) -> list[str]:
    impacts = []
    if row is not None:
        impacts.append(
            "One broker down stops everything whose state is in its partitions, and its disk "
            "takes that state with it."
            if row.replication_factor < 2
            else "During a restart it has one copy, and a failure then stops what depends on it."
        )
    if policy is not None:
        impacts.append("State that nobody rewrites in time is deleted: groups lose their offsets.")
    return impacts


def _evidence(row: Any, policy: str | None) -> dict[str, Any]:
    evidence: dict[str, Any] = {}
    if row is not None:
        evidence["replication_factor"] = row.replication_factor
        evidence["target_replication_factor"] = row.wanted_replicas
        evidence["partition_count"] = row.partition_count
    if policy is not None:
        evidence["cleanup_policy"] = policy
    return evidence


def _actions(name: str, row: Any, policy: str | None) -> list[Action]:
    actions = []
    if policy is not None:
        actions.append(
            Action(
                "Make it compacted again.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config cleanup.policy=compact",
                "safe",
                {"topic": name},
            )
        )
    if row is not None:
        actions.append(
            Action(
                f"List {row.wanted_replicas} replicas for each of the "
                f"{count(row.partition_count, 'partition')} of {row.topic} in increase.json, and "
                "add them under a throttle; then --verify, which takes it away.",
                "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --execute "
                "--reassignment-json-file increase.json --throttle 50000000",
                "disruptive",
            )
        )
    return actions
