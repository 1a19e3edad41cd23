"""Streams groups that wait for topics.

The coordinator of a streams group (KIP-1071) gives out no tasks while a source or internal topic
of its topology is missing or has the wrong number of partitions: all members are alive, and none
works.

Reads: StreamsGroupDescribe in two samples (state and topology), Metadata (topics).
"""

from collections.abc import Sequence

from kdiag.api import Action, Finding, Said, StreamsReadiness, check, group, listed


@check(area="groups", explained_by=("coordinator-unavailable",))
def streams_group_not_ready(readiness: StreamsReadiness) -> Said:
    """Streams groups that are NotReady in both samples, with the topics that are missing.

    A group is NotReady for the seconds in which the brokers create its internal topics.
    """
    for row in readiness.rows[readiness.rows["waits"]].itertuples():
        sources, internal = row.missing_source_topics, row.missing_internal_topics
        yield Finding(
            "warning",
            group(row.group),
            f"Streams group {row.group} is NotReady in both samples: {_why(sources, internal)}.",
            "The application runs, but none of its tasks do: it reads and writes nothing.",
            cause=_cause(sources, internal),
            confidence="certain" if sources else "likely",
            evidence={
                "missing_source_topics": list(sources),
                "missing_internal_topics": list(internal),
            },
            actions=(_next_step(row.group, sources),),
        )


def _why(sources: Sequence[str], internal: Sequence[str]) -> str:
    if sources:
        return f"its source topics {listed(sources)} do not exist"
    if internal:
        return f"its internal topics {listed(internal)} do not exist"
    return "no topic of its topology is missing by name"


def _cause(sources: Sequence[str], internal: Sequence[str]) -> str:
    if sources:
        return "The topics were deleted, were never created, or the application was given others."
    if internal:
        return "The brokers create internal topics for the application, which needs Create on them."
    return (
        "Topics that are joined have different numbers of partitions, an internal topic has "
        "another number than the topology wants, or a source pattern matches no topic."
    )


def _next_step(name: str, sources: Sequence[str]) -> Action:
    if sources:
        return Action(
            f"Create {listed(sources)}, with the number of partitions that the application wants.",
            "kafka-topics.sh --bootstrap-server {bootstrap} --create --topic {topic} "
            "--partitions N",
            "safe",
            {"topic": sources[0]},
        )
    return Action(
        "Look for the status that the brokers return to the members, in the application's log.",
        "kafka-streams-groups.sh --bootstrap-server {bootstrap} --describe --group {group} --state",
        values={"group": name},
    )
