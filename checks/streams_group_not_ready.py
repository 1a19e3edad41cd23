"""Streams groups that wait for topics.

The coordinator of a streams group (KIP-1071) gives out no tasks while a source or internal topic
of its topology is missing or has the wrong number of partitions: all members are alive, and none
works. Where it is a source topic, the threads of Kafka Streams wait for it for two heartbeats
(10 s), and end with a MissingSourceTopicException; a session later the group is Empty.

Reads: StreamsGroupDescribe in two samples (state and topology), Metadata (topics), the past of
groups in __consumer_offsets.
"""

from collections.abc import Sequence
from typing import Any

from kdiag.api import Action, Finding, Said, StreamsReadiness, check, group, listed, span


@check(area="groups", explained_by=("coordinator-unavailable",))
def streams_group_not_ready(
    readiness: StreamsReadiness, *, recently_ended_seconds: int = 3600
) -> Said:
    """Streams groups that are NotReady in both samples, with the topics that are missing.

    A group is NotReady for the seconds in which the brokers create its internal topics.

    recently_ended_seconds: also those whose last member left within this time, where a source
    topic is missing. Longer ago, the application was stopped, and its topic may be gone for good.
    """
    for row in readiness.rows.itertuples():
        sources, internal = row.missing_source_topics, row.missing_internal_topics
        why = _why(sources, internal)
        if row.waits:
            yield _finding(
                row,
                f"Streams group {row.group} is NotReady in both samples: {why}.",
                "The application runs, but none of its tasks do: it reads and writes nothing.",
                _cause(sources, internal),
                "certain" if sources else "likely",
            )
        elif sources and row.emptied_seconds <= recently_ended_seconds:
            yield _finding(
                row,
                f"Streams group {row.group} lost its last member {span(row.emptied_seconds)} ago, "
                f"and {why}.",
                "None of its topics is read, though the process of the application may still run.",
                "Its threads end with a MissingSourceTopicException while a source topic is "
                "missing; or the application was stopped together with its topic.",
                "likely",
            )


def _finding(row: Any, symptom: str, impact: str, cause: str, confidence: Any) -> Finding:
    sources, internal = row.missing_source_topics, row.missing_internal_topics
    return Finding(
        "warning",
        group(row.group),
        symptom,
        impact,
        cause=cause,
        confidence=confidence,
        evidence={
            "missing_source_topics": list(sources),
            "missing_internal_topics": list(internal),
        },
        actions=(_next_step(row.group, sources),),
        since=None if row.waits else row.emptied_at.to_pydatetime(),
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
            f"Create {listed(sources)}, with the number of partitions that the application wants, "
            "and restart the application where its threads have ended.",
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
