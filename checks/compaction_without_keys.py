"""Records without a key that are sent to a compacted topic.

Compaction keeps the last record of each key, so a record without one has no meaning there: the
broker refuses the whole batch with INVALID_RECORD, which producers do not try again.

Reads: JMX (NoKeyCompactedTopicRecordsPerSec, FailedProduceRequestsPerSec by topic) in two samples;
DescribeConfigs (cleanup.policy). Most releases count such records by broker only; the topic is then
one that is compacted and of which writes failed meanwhile.
"""

from kdiag.api import (
    Action,
    FactDeltas,
    Finding,
    Growth,
    Said,
    TopicConfigs,
    check,
    config_by_topic,
    count,
    growths,
    listed,
    span,
    topic,
    topics_with_failed_writes,
)

_POLICY = "cleanup.policy"


@check(
    area="topics",
    configs=(_POLICY,),
    facts=("records-without-key", "produce-failed"),
)
def compaction_without_keys(
    deltas: FactDeltas, configs: TopicConfigs | None, *, most_count: int = 0
) -> Said:
    """Compacted topics to which records without a key are sent.

    most_count: refused records between the samples that are no fault; none by default, as each
        of them is lost.
    """
    for growth in growths(deltas, "records-without-key"):
        if growth.number > most_count:
            suspects = (
                [growth.topic_name] if growth.topic_name else _suspects(growth, deltas, configs)
            )
            yield _finding(growth, [name for name in suspects if name])


def _suspects(growth: Growth, deltas: FactDeltas, configs: TopicConfigs | None) -> list[str]:
    """Return the compacted topics of which the broker refused writes in the same time."""
    failed = topics_with_failed_writes(deltas, growth.targets)
    if configs is None:
        return failed
    policies = config_by_topic(configs, _POLICY)
    return [name for name in failed if "compact" in policies.get(name, "compact")]


def _finding(growth: Growth, suspects: list[str]) -> Finding:
    is_only = not growth.topic_name and len(suspects) == 1
    where = growth.name if growth.topic_name else f"{growth.name} for compacted topics"
    sent = "Producers send records without a key to a topic whose cleanup.policy has compact."
    meant = f" Writes to {listed(suspects)} failed meanwhile." if suspects else ""
    return Finding(
        "warning",
        topic(suspects[0]) if is_only else growth.subject,
        f"{count(int(growth.number), 'record')} without a key came to {where} within "
        f"{span(growth.seconds)} and {'was' if growth.number == 1 else 'were'} refused.",
        "Each batch that holds one is refused as a whole, and producers do not send it again: "
        "its records are lost.",
        cause=sent if growth.topic_name else f"{sent}{meant}",
        confidence="likely" if is_only else "certain",
        evidence={
            "refused_count": int(growth.number),
            "brokers": list(growth.targets),
            **({"topics": suspects} if suspects else {}),
        },
        actions=(
            Action("Make the producer set a key."),
            Action(
                "Or, if the topic is no table, delete by age instead of compacting.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config cleanup.policy=delete",
                "disruptive",
                {"topic": suspects[0] if len(suspects) == 1 else "TOPIC"},
            ),
        ),
        covers=frozenset(topic(name) for name in suspects),
    )
