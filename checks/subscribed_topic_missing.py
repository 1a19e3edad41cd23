"""Groups that subscribe to a topic that does not exist.

A consumer waits for such a topic without an error: brokers answer UNKNOWN_TOPIC_OR_PARTITION, the
client logs a warning and asks again (metadata.max.age.ms, 5 minutes by default). Brokers delete the
committed offsets of a topic with it, so that no lag shows what is not read any more.

A topic that nobody has made yet looks the same: it is a warning only where the group has read it
before, or has nothing else to read. Topics that we may not see are asked for by name; the check is
unknown then.

Reads: the describes of groups (subscriptions) and Metadata in two samples, the commits of the past
in __consumer_offsets.
"""

from datetime import datetime
from typing import Any

from kdiag.api import (
    AbsentTopics,
    Action,
    CommitHistory,
    Finding,
    Said,
    check,
    count,
    group,
    group_words,
    listed,
)


@check(area="groups")
def subscribed_topic_missing(absent: AbsentTopics, history: CommitHistory | None) -> Said:
    """Groups whose members wait for a topic that does not exist."""
    for name, rows in absent.rows.groupby("group", sort=True):
        yield _finding(str(name), rows, _last_commits(history, name, rows["topic"]))


def _last_commits(history: CommitHistory | None, name: Any, absent: Any) -> dict[str, datetime]:
    """Return topic → when the group last committed for it, or its offsets were deleted."""
    if history is None:
        return {}
    rows = history.rows[(history.rows["group"] == name) & history.rows["topic"].isin(absent)]
    last = rows.groupby("topic")["committed_at"].max()
    return {str(topic): at.to_pydatetime() for topic, at in last.items()}


def _finding(name: str, rows: Any, last: dict[str, datetime]) -> Finding:
    topics, rest = rows["topic"].tolist(), int(rows["other_topics"].iloc[0])
    members = int(rows["members"].max())
    wanted = f"{len(topics)} topics that do" if len(topics) > 1 else "a topic that does"
    return Finding(
        "warning" if last or not rest else "info",
        group(name),
        f"{count(members, 'member')} of group {name} {'waits' if members == 1 else 'wait'} for "
        f"{wanted} not exist: {listed(topics)}.",
        "They log a warning and go on asking; no lag shows it, since there is nothing to be behind."
        + ("" if rest else " The group reads nothing at all."),
        cause=f"The group has read {listed(sorted(last))} before: it was deleted."
        if last
        else "Nobody has made it yet, its name is mistyped, or it was deleted long ago.",
        evidence={"topics": topics, "members": members, "other_topics": rest},
        actions=_actions(name, topics[0]),
        confidence="certain" if last else "likely",
        since=max(last.values(), default=None),
    )


def _actions(name: str, topic: str) -> tuple[Action, ...]:
    return (
        group_words.describe_action(
            name,
            "See which members there are, and what they are assigned.",
        ),
        Action(
            "If it should be there, make it, with the partitions and settings that its owner "
            "wants; members find it within metadata.max.age.ms. If it was deleted by mistake, its "
            "records are gone: its producers must send them again.",
            "kafka-topics.sh --bootstrap-server {bootstrap} --create --topic {topic}",
            "safe",
            {"topic": topic},
        ),
        Action("If it is gone for good, take it out of the settings of the consumers."),
    )
