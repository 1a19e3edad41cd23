"""Groups that subscribe to a topic that does not exist.

A consumer waits for such a topic without an error: brokers answer UNKNOWN_TOPIC_OR_PARTITION, the
client logs a warning and asks again (metadata.max.age.ms, 5 minutes by default). Brokers delete the
committed offsets of a topic with it, so that no lag shows what is not read any more.

A topic that nobody has made yet looks the same: it is a warning only where the group has read it
before, or has nothing else to read. Told where members named it in two samples and it was in
neither; topics that we may not see are asked for by name, and are unknown.

Reads: the describes of groups (subscriptions) and Metadata in two samples, the commits of the past
in __consumer_offsets.
"""

from datetime import datetime
from typing import Any

from kdiag.api import (
    Action,
    CommitHistory,
    Earlier,
    Finding,
    Groups,
    Members,
    Missing,
    Said,
    Topics,
    Whole,
    check,
    count,
    group,
    listed,
)


@check(area="groups")
def subscribed_topic_missing(
    groups: Groups,
    members: Members,
    topics: Whole[Topics],
    members_before: Earlier[Members] | None,
    topics_before: Earlier[Topics] | None,
    history: CommitHistory | None,
) -> Said:
    """Groups whose members wait for a topic that does not exist."""
    named = _named(groups, members)
    absent = _absent(named, topics)
    if not absent:
        return
    if members_before is None or topics_before is None:
        yield Missing("only one sample was taken", "--sample-seconds")
        return
    before = _absent(_named(groups, members_before), topics_before)
    for name, gone in absent.items():
        lasting = gone & before.get(name, set())
        if lasting:
            yield _finding(name, lasting, named[name], _last_commits(history, name, lasting))


def _named(groups: Groups, members: Members) -> dict[str, dict[str, int]]:
    """Return group → topic → how many of its members subscribe to it."""
    kinds = groups.rows.loc[groups.rows["protocol_type"] != "streams", "group"]
    rows = members.rows[members.rows["group"].isin(kinds)].dropna(subset="subscription")
    found: dict[str, dict[str, int]] = {}
    for name, subscription in zip(rows["group"], rows["subscription"], strict=True):
        theirs = found.setdefault(name, {})
        for topic in subscription:
            theirs[topic] = theirs.get(topic, 0) + 1
    return found


def _absent(named: dict[str, dict[str, int]], topics: Topics) -> dict[str, set[str]]:
    """Return group → topics that it names and that are not there."""
    there = set(topics.rows["topic"])
    return {name: absent for name, theirs in named.items() if (absent := set(theirs) - there)}


def _last_commits(history: CommitHistory | None, name: str, absent: set[str]) -> Any:
    """Return topic → when the group last committed for it, or its offsets were deleted."""
    if history is None:
        return {}
    rows = history.rows[history.rows["group"] == name]
    rows = rows[rows["topic"].isin(absent)]
    return rows.groupby("topic")["committed_at"].max().to_dict()


def _finding(name: str, absent: set[str], named: dict[str, int], last: Any) -> Finding:
    topics, rest = sorted(absent), len(named) - len(absent)
    members = max(named[topic] for topic in topics)
    since = max(last.values()).to_pydatetime() if last else None
    is_one = len(topics) == 1
    return Finding(
        "warning" if last or not rest else "info",
        group(name),
        f"{count(members, 'member')} of group {name} {'waits' if members == 1 else 'wait'} for "
        f"{'a topic that does' if is_one else f'{len(topics)} topics that do'} not exist: "
        f"{listed(topics)}.",
        "They log a warning and go on asking; no lag shows it, since there is nothing to be behind."
        + ("" if rest else " The group reads nothing at all."),
        cause=_cause(last, since),
        evidence={"topics": topics, "members": members, "other_topics": rest},
        actions=_actions(name, topics[0]),
        confidence="certain" if last else "likely",
        since=since,
    )


def _cause(last: Any, since: datetime | None) -> str:
    if since is None:
        return "Nobody has made it yet, its name is mistyped, or it was deleted long ago."
    return f"The group has read {listed(sorted(last))} before: it was deleted."


def _actions(name: str, topic: str) -> tuple[Action, ...]:
    return (
        Action(
            "See which members subscribe to it.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe --group {group} "
            "--members --verbose",
            values={"group": name},
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
