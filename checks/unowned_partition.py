"""Partitions of a topic that a group has read, and that nobody reads for it now.

The leader of the group gave them to nobody (an old or home-made assignor, members with different
subscriptions). The group looks Stable. Or its consumers assign partitions to themselves, and one of
them has ended: nobody takes over, and the group looks Empty as ever.

Reads: the describes of groups in two samples (subscriptions, assignments), OffsetFetch,
ListOffsets, also of an hour ago.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LagVerdicts,
    Said,
    UnownedPartitions,
    check,
    count,
    group,
    group_words,
    lag_words,
    listed,
    span,
)


@check(area="lag", explained_by=("shared-group-id", "coordinator-unavailable"))
def unowned_partition(unowned: UnownedPartitions, verdicts: LagVerdicts | None) -> Said:
    """Partitions that a Stable group subscribes to, and gave to no member.

    It has read them before, or they have records of an hour ago and it reads the topic: whoever
    refreshes its metadata has seen by then that they were added.

    And those of a group without members that nobody commits any more, while others are committed.
    """
    if verdicts is not None:
        yield from _given_up(verdicts)
    said = {} if verdicts is None else {(row.group, row.topic): row for row in _rows(verdicts)}
    for (name, topic), rows in unowned.rows.groupby(["group", "topic"]):
        row, numbers = said.get((name, topic)), rows["partition"].tolist()
        lag = "" if row is None else f"; the group is {count(row.lag_records, 'record')} behind"
        yield Finding(
            "warning" if row is None else lag_words.severity(row, "warning"),
            group(name, topic),
            f"{count(len(numbers), 'partition')} of topic {topic} ({listed(numbers)}) "
            f"{'has' if len(numbers) == 1 else 'have'} no owner in group {name}, which is "
            f"Stable{lag}.",
            "Nobody reads what is written there, and nothing rebalances.",
            cause="The assignment leaves them out although a member subscribes to the topic: an "
            "assignor of its own, a client that never refreshes its metadata after partitions were "
            "added, or members that subscribe to different topics.",
            evidence={
                "unowned_partitions": numbers,
                **({} if row is None else lag_words.evidence(row)),
            },
            actions=(
                group_words.describe_action(
                    rows.iloc[0],
                    "Compare client versions and partition.assignment.strategy of the members; a "
                    "restart of one makes the leader assign anew.",
                ),
            ),
            covers=frozenset([group(name, topic)]),
        )


def _given_up(verdicts: LagVerdicts) -> Said:
    """Yield groups whose consumers assign partitions to themselves, and one of them ended."""
    rows = verdicts.rows[verdicts.rows["members"] == 0]
    for row in rows[rows["verdict"] == "unowned-partition"].itertuples():
        numbers = list(row.culprit_partitions)
        partitions = listed([f"{row.topic}-{number}" for number in numbers])
        yield lag_words.finding(
            row,
            "warning",
            f"Group {row.group} has not committed {partitions} for {span(row.stands_seconds)}, "
            f"while it commits others; it is {count(row.lag_records, 'record')} behind on topic "
            f"{row.topic}.",
            "Its consumers assign partitions to themselves, so nobody takes over where one ends; "
            "the one that read here has ended, or hangs.",
            (
                Action(
                    f"Find the process that reads {partitions}, and start it again.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    "--group {group} --offsets",
                    values={"group": row.group},
                ),
            ),
            since=lag_words.stands_since(verdicts, row),
            meanwhile="Nobody reads what is written there, and nothing rebalances.",
            kind="given-up",
            unowned_partitions=numbers,
        )


def _rows(verdicts: LagVerdicts) -> Any:
    """Return the groups and topics that are behind by an old backlog."""
    return verdicts.rows[verdicts.rows["partitions_behind"] > 0].itertuples()
