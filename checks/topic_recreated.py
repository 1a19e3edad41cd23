"""Topics that were deleted and made anew while groups were reading them.

The new topic has the name of the old one and nothing else of it: its offsets begin at 0 again. A
group that goes on with an offset of the old topic skips what is written up to there, or waits
beyond the end and looks as if it had no lag. Brokers delete the offsets of a topic with it; what
stands is what a client committed afterwards.

Reads: OffsetFetch in two samples, Metadata (topic ids, leader epochs), ListOffsets, the commits of
the past in __consumer_offsets (topic ids, Kafka 4.1 and newer).
"""

from typing import Any

from kdiag.api import Action, Finding, Said, StaleCommits, check, count, group, listed, topic


@check(area="replication")
def topic_recreated(stale: StaleCommits) -> Said:
    """Topics under whose name groups hold offsets of an earlier topic."""
    for name, rows in stale.rows.groupby("topic", sort=True):
        groups = sorted(rows["group"])
        by_id = "topic-id" in set(rows["known_by"])
        last = rows["committed_at"].max()
        yield Finding(
            "warning",
            topic(name),
            f"Topic {name} was deleted and made anew; {count(len(groups), 'group')} "
            f"{'goes' if len(groups) == 1 else 'go'} on with offsets of the earlier one: "
            f"{listed(groups)}.",
            "What is written to the new topic up to those offsets is never read by these groups.",
            cause="Their commits name another topic id than the topic has."
            if by_id
            else "Their commits are of a later leader epoch than its partitions have had.",
            evidence={"groups": groups, "known_by": "topic-id" if by_id else "leader-epoch"},
            actions=_actions(name, groups[0]),
            confidence="certain" if by_id else "likely",
            since=None if last != last else last.to_pydatetime(),
            covers=frozenset([topic(name), *(group(each, str(name)) for each in groups)]),
        )


def _actions(name: Any, first: str) -> tuple[Action, ...]:
    values = {"group": first, "topic": name}
    return (
        Action(
            "See what a reset to the beginning of the new topic would do.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic} --to-earliest --dry-run",
            values=values,
        ),
        Action(
            "Stop the group, and reset it. If nobody meant to delete the topic, find out who did.",
            "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group {group} "
            "--reset-offsets --topic {topic} --to-earliest --execute",
            "disruptive",
            values,
        ),
    )
