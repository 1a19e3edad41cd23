"""Static members that hold partitions and may be gone.

A member with a group.instance.id does not leave when it ends: its partitions wait for its return
until session.timeout.ms has passed, and nobody reads them meanwhile. It cannot be told from here
whether it is dead or blocked; after its session one that is still listed lives.

Reads: the describes of groups, OffsetFetch and ListOffsets in two samples, commits and generations
of the past in __consumer_offsets (session timeouts). Static membership: KIP-345.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LagVerdicts,
    Members,
    Said,
    check,
    count,
    group,
    group_words,
    lag_words,
    span,
)


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def static_zombie(verdicts: LagVerdicts, members: Members, *, min_lag_records: int = 10) -> Said:
    """Static members whose partitions stand, within the session that keeps their place.

    min_lag_records: a smaller backlog is not reported.
    """
    for row in lag_words.verdict_rows(verdicts, "static-zombie", min_lag_records):
        names = lag_words.culprits(members, row)
        yield Finding(
            lag_words.severity(row, "warning"),
            group(row.group, row.topic),
            f"Static member {names} of group {row.group} keeps "
            f"{count(len(row.culprit_partitions), 'partition')} of topic {row.topic}, and nothing "
            f"there has moved for {span(row.stands_seconds)}.",
            "Nobody reads these partitions until it returns or its session ends.",
            cause="It has ended without leaving, as static members do, or it is blocked; its "
            "session has not timed out yet.",
            confidence="likely",
            evidence={
                **lag_words.evidence(row),
                "silent_members": list(row.culprit_members),
                "silent_partitions": list(row.culprit_partitions),
            },
            actions=_actions(row, names),
            since=lag_words.stands_since(verdicts, row),
            covers=frozenset([group(row.group, row.topic)]),
        )


def _actions(row: Any, names: str) -> tuple[Action, ...]:
    return (
        group_words.describe_action(
            row.group,
            f"Look on its host whether {names} still runs; start it again with the same "
            "group.instance.id, and it goes on at once.",
        ),
        Action(
            "If it does not come back, remove it by its group.instance.id: "
            "Admin.removeMembersFromConsumerGroup; no tool that comes with Kafka does it.",
            effect="disruptive",
        ),
    )
