"""The topic in which Schema Registry keeps its schemas, where Kafka deletes from it.

Confluent's registry has all its schemas in `_schemas`, which must be compacted: with a delete
policy they are gone after retention.ms, and no record that carries their ids can be read again.
Apicurio's kafkasql store has them in `kafkasql-journal`, made with cleanup.policy=delete and no
limit of time: there it is the limit that loses them.

Reads: Metadata (topics by these names), DescribeConfigs. A topic that was named otherwise
(kafkastore.topic) is not seen.
"""

from kdiag.api import (
    Action,
    Finding,
    NotApplicable,
    Said,
    TopicConfigs,
    Topics,
    check,
    config_by_topic,
    topic,
)

_COMPACTED, _UNLIMITED = "_schemas", "kafkasql-journal"


@check(area="pipelines", configs=("cleanup.policy", "retention.ms", "retention.bytes"))
def schema_topic_not_compacted(topics: Topics, topic_configs: TopicConfigs) -> Said:
    """Topics of Schema Registry's schemas that Kafka deletes from."""
    names = [name for name in (_COMPACTED, _UNLIMITED) if name in set(topics.rows["topic"])]
    if not names:
        yield NotApplicable("no topic has the name of a store of schemas")
    policies = config_by_topic(topic_configs, "cleanup.policy")
    for name in names:
        policy = policies.get(name, "compact")
        limits = {
            key: config_by_topic(topic_configs, key).get(name, "-1")
            for key in ("retention.ms", "retention.bytes")
        }
        is_limited = any(value != "-1" for value in limits.values())
        if policy == "compact" or (name == _UNLIMITED and not is_limited):
            continue
        yield Finding(
            "critical",
            topic(name),
            f"Topic {name}, the store of Schema Registry, has cleanup.policy={policy}"
            + ("." if not is_limited else " and a limit of retention."),
            "Schemas are deleted, and records that carry their ids cannot be read any more.",
            due="its retention passes",
            evidence={"cleanup_policy": policy, **limits},
            actions=(_compact() if name == _COMPACTED else _keep(),),
        )


def _compact() -> Action:
    return Action(
        "Keep what is there (GET /schemas), and make it compacted.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type topics "
        "--entity-name {topic} --add-config cleanup.policy=compact",
        "safe",
        {"topic": _COMPACTED},
    )


def _keep() -> Action:
    return Action(
        "Take the limits away.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type topics "
        "--entity-name {topic} --add-config retention.ms=-1,retention.bytes=-1",
        "safe",
        {"topic": _UNLIMITED},
    )
