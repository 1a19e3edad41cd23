"""Topics that nobody writes and nobody reads.

Each partition costs open files, memory maps and a share of every failover, whether it is used or
not. Few such topics are normal; told where they are a good part of the cluster. That a topic is not
read is no fault of its own (an archive, an audit log); here it also stands still.

Reads: ListOffsets by time (whether anything was written in a week), OffsetFetch and the describes
of groups (whether anybody reads), Metadata, DescribeConfigs (cleanup.policy).
"""

from itertools import chain
from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Commits,
    Finding,
    Members,
    Offsets,
    PastEnds,
    Said,
    ShareOffsets,
    TopicConfigs,
    Topics,
    Whole,
    check,
    compacted_topics,
    count,
    is_made_by_software,
    listed,
    literally,
)

_WEEK_SECONDS = 7 * 86400.0
_EXAMPLES = 100


@check(area="topics")
def topic_sprawl(
    topics: Topics,
    past: Whole[PastEnds],
    offsets: Whole[Offsets],
    commits: Whole[Commits],
    shared: Whole[ShareOffsets],
    members: Whole[Members],
    configs: TopicConfigs | None,
    *,
    idle_topics_count: int = 20,
    idle_ratio: float = 0.2,
) -> Said:
    """Clusters in which many topics are not used.

    idle_topics_count: fewer unused topics are not worth a word.
    idle_ratio: nor is a smaller part of all topics.
    """
    rows = _of_users(topics)
    used = _written(past, offsets) | set(commits.rows["topic"]) | set(shared.rows["topic"])
    used |= _subscribed(members)
    used |= set() if configs is None else compacted_topics(configs)
    idle = rows[~rows["topic"].isin(used)]
    if len(idle) >= max(idle_topics_count, idle_ratio * len(rows), 1):
        yield _idle(idle, len(rows))


def _of_users(topics: Topics) -> Any:
    """Return the topics that Kafka, Connect, Schema Registry or Streams did not make."""
    rows = topics.rows
    is_own = rows["topic"].map(is_made_by_software)
    return rows[~rows["is_internal"] & ~is_own.astype("bool")]


def _written(past: PastEnds, offsets: Offsets) -> set[str]:
    """Return the topics that got a record within a week, or of which that is not known."""
    week = past.rows[past.rows["age_seconds"] == _WEEK_SECONDS]
    still = week[week["end_offset"].isna()].groupby("topic").size()
    all_ = offsets.rows.groupby("topic").size()
    return {str(name) for name, number in all_.items() if still.get(name, 0) < number}


def _subscribed(members: Members) -> set[str]:
    named = chain.from_iterable(members.rows["subscription"].dropna())
    owned = (topic for pairs in members.rows["assignment"].dropna() for topic, _ in pairs)
    return {*named, *owned}


def _idle(idle: Any, total: int) -> Finding:
    names = sorted(idle["topic"])
    replicas = int((idle["partition_count"] * idle["replication_factor_max"]).sum())
    return Finding(
        "info",
        CLUSTER,
        f"{count(len(names), 'topic')} of {total:,} have no record dated within a week, and no "
        f"group reads them: {listed(names)}.",
        f"Their {count(replicas, 'replica')} cost open files and time at every failover, and hide "
        "what matters.",
        cause="Left from tests, migrations or applications that are gone; or made in advance.",
        evidence={
            "idle_topics_count": len(names),
            "topic_count": total,
            "replica_count": replicas,
            "idle_topics": names[:_EXAMPLES],
        },
        actions=(
            Action(
                "Ask the owners; a consumer that commits nothing is not seen here. Look at one.",
                "kafka-get-offsets.sh --bootstrap-server {bootstrap} --topic {topic}",
                values={"topic": names[0]},
            ),
            Action(
                "Delete what nobody claims.",
                "kafka-topics.sh --bootstrap-server {bootstrap} --delete --topic {topic}",
                "disruptive",
                {"topic": literally(names[0])},
            ),
        ),
        confidence="possible",
    )
