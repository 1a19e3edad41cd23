"""Topics, and defaults of brokers, that need every replica in sync for acks=all writes.

min.insync.replicas is as large as the replication factor (2 or more): any restart of a broker stops
writes. Above it, brokers before 3.7 refuse every write (KAFKA-15583).

Reads: definitions of topics; default.replication.factor and min.insync.replicas of brokers.
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, KeyedFile, Said, TopicFiles, check


@check(area="replication", any_of=(TopicFiles, BrokerFiles))
def min_isr_equals_rf(topics: TopicFiles | None, brokers: BrokerFiles | None) -> Said:
    """Topics or defaults with min.insync.replicas as large as the replication factor."""
    for topic in topics or ():
        limit = topic.number("min.insync.replicas")
        if "min.insync.replicas" in topic:
            yield from _judged(topic, f"Topic {topic.name}", topic.replicas, limit)
    for broker in brokers or ():
        if "min.insync.replicas" in broker and "default.replication.factor" in broker:
            factor = broker.number("default.replication.factor")
            limit = broker.number("min.insync.replicas")
            yield from _judged(broker, "A topic with the defaults", factor, limit)


def _judged(file: KeyedFile, who: str, factor: int | None, limit: int | None) -> Said:
    if factor is None or limit is None or factor < 2 or limit < factor:
        return
    yield Finding(
        "critical" if limit > factor else "warning",
        file.subject("min.insync.replicas"),
        f"{who} has {factor} replicas and needs {limit} of them in sync for acks=all writes.",
        "Before Kafka 3.7 brokers refuse every acks=all write; since then any restart stops them."
        if limit > factor
        else "Any restart of a broker that holds a replica stops acks=all writes.",
        due=0.0 if limit > factor else "a broker restarts",
        evidence={
            "replication_factor": factor,
            "min_insync_replicas": limit,
            "target_min_insync_replicas": factor - 1,
        },
        actions=(Action(f"Set min.insync.replicas={factor - 1}."),),
    )
