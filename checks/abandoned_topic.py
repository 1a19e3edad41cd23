"""Topics that a live group has left behind.

The group has members, and none of them subscribes to the topic any more, but its committed offsets
are kept. Their lag grows for ever and says nothing.

Reads: the describes of groups (subscriptions), OffsetFetch and ListOffsets.
"""

from kdiag.api import Action, Finding, LagVerdicts, Said, check, count, group, lag_words


@check(area="lag", explained_by=("broker-down", "coordinator-unavailable"))
def abandoned_topic(verdicts: LagVerdicts, *, min_lag_records: int = 10) -> Said:
    """Topics that no member of a group subscribes to, and whose offsets it still has.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "abandoned-topic", min_lag_records):
        yield Finding(
            "info",
            group(row.group, row.topic),
            f"Group {row.group} has {count(row.members, 'member')}, and none of them subscribes to "
            f"topic {row.topic}, of which it is {count(row.lag_records, 'record')} behind.",
            "The lag grows for ever; whoever adds up the lag of the group counts it.",
            cause="The application no longer reads the topic; its committed offsets stay until "
            "they expire or are deleted.",
            evidence=lag_words.evidence(row),
            actions=(
                Action(
                    f"If the group will not read {row.topic} again, delete its offsets there.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} "
                    "--delete-offsets --group {group} --topic {topic}",
                    "disruptive",
                    {"group": row.group, "topic": row.topic},
                ),
            ),
            since=lag_words.stands_since(verdicts, row),
            covers=frozenset([group(row.group, row.topic)]),
        )
