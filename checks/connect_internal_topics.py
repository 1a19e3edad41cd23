"""Internal topics of Kafka Connect that lose its state.

The topics of settings, offsets and status must be compacted: with a delete policy connectors, their
tasks and their offsets are forgotten after retention.ms. The topic of settings must have one
partition, as its records mean something only in their order; workers refuse others when they start,
or run in circles (KIP-415).

Reads: Metadata (topics by their usual names, partitions), DescribeConfigs (cleanup.policy). How
many copies they have is judged by internal-topic-durability.
"""

from collections.abc import Iterator

from kdiag.api import (
    Action,
    ConnectTopics,
    Finding,
    Said,
    TopicConfigs,
    check,
    config_by_topic,
    count,
    topic,
)

_LOST = {
    "config": "connectors and their settings",
    "offset": "the positions of source connectors, which then begin anew or skip",
    "status": "the states of connectors and tasks",
}


@check(area="pipelines", configs=("cleanup.policy",))
def connect_internal_topics(found: ConnectTopics, topic_configs: TopicConfigs) -> Said:
    """Topics of Connect's state that are not compacted, or whose settings are spread."""
    policies = config_by_topic(topic_configs, "cleanup.policy")
    for row in found.rows.itertuples():
        policy = policies.get(row.topic, "compact")
        is_deleted = policy != "compact"
        is_spread = row.kind == "config" and int(row.partition_count) > 1
        if not (is_deleted or is_spread):
            continue
        faults = [f"has cleanup.policy={policy}, it must be compact"] * is_deleted
        faults += [
            f"has {count(int(row.partition_count), 'partition')}, it must have 1"
        ] * is_spread
        yield Finding(
            "critical",
            topic(row.topic),
            f"Internal topic {row.topic} of Kafka Connect {' and '.join(faults)}.",
            " ".join(_impacts(row.kind, is_deleted=is_deleted, is_spread=is_spread)),
            due="its retention passes" if is_deleted else 0.0,
            evidence={"cleanup_policy": policy, "partition_count": int(row.partition_count)},
            actions=tuple(_actions(row.topic, is_deleted=is_deleted, is_spread=is_spread)),
        )


def _impacts(kind: str, *, is_deleted: bool, is_spread: bool) -> Iterator[str]:
    if is_deleted:
        yield f"After retention.ms Connect forgets {_LOST[kind]}."
    if is_spread:
        yield "Workers read settings in different order, disagree, and rebalance for ever."


def _actions(name: str, *, is_deleted: bool, is_spread: bool) -> Iterator[Action]:
    if is_deleted:
        yield Action(
            "Make it compacted.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type topics "
            "--entity-name {topic} --add-config cleanup.policy=compact",
            "safe",
            {"topic": name},
        )
    if is_spread:
        yield Action(
            "Keep the settings of all connectors (GET /connectors?expand=info), make a topic with "
            "one partition, point config.storage.topic of all workers there, and create the "
            "connectors again.",
        )
