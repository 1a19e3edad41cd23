"""Topics that are defined with fewer copies than three.

With one replica a topic is offline whenever its broker is; with two a restart leaves one copy. How
many brokers there are, a file does not say: where there are fewer than three, fewer must do.

Reads: definitions of topics.
"""

from kdiag.lint.api import Action, Finding, Said, TopicFiles, check, count

_WANTED = 3


@check(area="replication")
def replication_factor_low(topics: TopicFiles) -> Said:
    """Topics that are defined with one or two replicas, or with no number of them."""
    for topic in topics:
        replicas = topic.replicas
        place = topic.replication.place if topic.replication else topic.topic.place
        if topic.replication is None:
            yield Finding(
                "info",
                topic.at("replication factor", place),
                f"Topic {topic.name} does not say how many replicas it has.",
                "It gets default.replication.factor of the brokers, by default 1.",
                evidence={"topic": topic.name, "target_replication_factor": _WANTED},
                actions=(Action(f"Set its replication factor to {_WANTED}."),),
                confidence="possible",
            )
        elif replicas is not None and 0 < replicas < _WANTED:
            yield Finding(
                "warning",
                topic.at("replication factor", place),
                f"Topic {topic.name} is defined with {count(replicas, 'replica')}.",
                "It is offline whenever one broker is, and its records are lost with that disk."
                if replicas == 1
                else "A restart leaves it with one copy; a failure then takes it offline.",
                due="a broker is lost",
                evidence={
                    "topic": topic.name,
                    "replication_factor": replicas,
                    "target_replication_factor": _WANTED,
                },
                actions=(Action(f"Set its replication factor to {_WANTED}."),),
                confidence="likely",
            )
