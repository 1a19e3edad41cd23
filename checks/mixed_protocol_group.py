"""Groups that are half-way between the classic and the consumer protocol.

A classic group becomes one of the consumer protocol when the first member of the new kind joins,
and a classic one again when the last of them leaves (group.consumer.migration.policy, KIP-848).
Meanwhile the classic members rebalance as before, and each stop of the newcomers turns it back.

Reads: ConsumerGroupDescribe (member type); the members' records in __consumer_offsets, where they
can be read.
"""

from typing import Any

from kdiag.api import (
    Finding,
    Groups,
    MemberLives,
    Members,
    Said,
    check,
    count,
    group,
    group_words,
)


@check(area="groups")
def mixed_protocol_group(groups: Groups, members: Members, lives: MemberLives | None) -> Said:
    """Groups of the consumer protocol with classic members, or that went back and forth.

    Three changes of type in the history count as back and forth: one is a migration, two are one
    that was taken back.
    """
    mine = members.rows[members.rows["group"].isin(_of_type(groups, "consumer"))]
    flips = _flips(lives)
    for name, rows in mine.groupby("group", sort=False):
        old = int(rows["is_classic"].sum())
        if old:
            flipped = f", and changed its type {flips[name]} times" if name in flips else ""
            yield _said(
                str(name),
                f"Group {name} has {count(old, 'classic member')} beside "
                f"{len(rows) - old} of the consumer protocol{flipped}.",
                {"classic_members": old, "members": len(rows), "changes": flips.get(str(name), 0)},
            )
            flips.pop(str(name), None)
    for name, times in flips.items():
        text = f"Group {name} changed {times} times between the classic and the consumer protocol."
        yield _said(name, text, {"changes": times})


def _of_type(groups: Groups, type_: str) -> Any:
    return groups.rows[groups.rows["type"] == type_]["group"]


def _flips(lives: MemberLives | None) -> dict[str, int]:
    """Return how often groups changed their type, where it was back and forth."""
    if lives is None:
        return {}
    converted = lives.rows[lives.rows["ending"] == "converted"]
    times = converted.groupby("group")["kind"].agg(
        lambda kinds: 1 + int((kinds != kinds.shift(-1)).iloc[:-1].sum())
    )
    return {str(name): int(number) for name, number in times.items() if number >= 3}


def _said(name: str, symptom: str, evidence: dict[str, int]) -> Finding:
    return Finding(
        "info",
        group(name),
        symptom,
        "Each change of type rebalances the group, and the classic members still stop with each "
        "rebalance.",
        cause="A migration to group.protocol=consumer is half done, or undone by restarts.",
        evidence=evidence,
        actions=(
            group_words.describe_action(
                name,
                "Finish it: restart the classic members with group.protocol=consumer, one by one.",
            ),
        ),
    )
