"""Topics with three copies of which one is enough for an acknowledged write.

With min.insync.replicas=1, acks=all may mean one copy: while followers are away, a write is
acknowledged that only the leader has.

Reads: definitions of topics.
"""

from kdiag.lint.api import Action, Finding, Said, TopicFiles, check

_COPIES = 3


@check(area="replication")
def min_isr_one(topics: TopicFiles) -> Said:
    """Topics with three or more replicas and min.insync.replicas 1, set or by default."""
    for topic in topics:
        setting = topic.get("min.insync.replicas")
        if (topic.replicas or 0) < _COPIES or topic.number("min.insync.replicas") != 1:
            continue
        yield Finding(
            "warning" if setting else "info",
            topic.subject("min.insync.replicas"),
            f"Topic {topic.name} has {topic.replicas} replicas, and "
            + ("min.insync.replicas=1." if setting else "does not set min.insync.replicas."),
            "acks=all is acknowledged with one copy while followers are away."
            if setting
            else "Unless brokers say otherwise it is 1: acks=all may mean one copy.",
            evidence={
                "topic": topic.name,
                "replication_factor": topic.replicas,
                "target_min_insync_replicas": 2,
            },
            actions=(Action("Set min.insync.replicas=2."),),
            confidence="certain" if setting else "possible",
        )
