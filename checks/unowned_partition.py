"""Partitions of a subscribed topic that no member of the group owns.

The leader of the group gave them to nobody (an old or home-made assignor, members with different
subscriptions), and nobody reads them. The group looks Stable.

Reads: the describes of groups in two samples (subscriptions, assignments), OffsetFetch,
ListOffsets.
"""

from typing import Any

from kdiag.api import (
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
)


@check(area="lag", explained_by=("shared-group-id", "coordinator-unavailable"))
def unowned_partition(unowned: UnownedPartitions, verdicts: LagVerdicts | None) -> Said:
    """Partitions that a Stable group subscribes to, has read before, and gave to no member."""
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
            "assignor of its own, an old client, or members that subscribe to different topics.",
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


def _rows(verdicts: LagVerdicts) -> Any:
    """Return the groups and topics that are behind by an old backlog."""
    return verdicts.rows[verdicts.rows["partitions_behind"] > 0].itertuples()
