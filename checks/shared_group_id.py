"""Two applications in one group by mistake.

Every member is part of the same rebalances, and with some assignors gets partitions of topics that
it never subscribed to: applications starve in turns, and no alert says why.

Reads: the describes of groups (subscriptions, client ids), generations of the past in
__consumer_offsets (when the group last rebalanced).
"""

import re
from collections.abc import Iterable
from typing import Any

from kdiag.api import (
    Finding,
    GenerationHistory,
    Groups,
    Members,
    Said,
    check,
    count,
    group,
    group_words,
    listed,
)

_NUMBERED = re.compile(r"([-_.:/][^-_.:/]*\d[^-_.:/]*)+$|\d+$")
"""What instances of one application differ in: the last parts of a name that have digits."""


@check(area="lag")
def shared_group_id(
    groups: Groups,
    members: Members,
    generations: GenerationHistory | None,
    *,
    max_deploy_seconds: float = 1800,
) -> Said:
    """Stable groups whose members fall into two kinds that share no topic.

    max_deploy_seconds: how long members of an old and a new release may be together in a group.
    """
    rows = groups.rows
    is_plain = (rows["protocol_type"] == "consumer") & (rows["protocol"] != "stream")
    settled = rows.loc[(rows["state"] == "Stable") & is_plain, "group"]
    known = members.rows[members.rows["group"].isin(settled)]
    for name in _mixed(known):
        team = known[known["group"] == name]
        kinds = _kinds(team)
        is_deploy = _since(generations, str(name), groups) < max_deploy_seconds
        has_families = _are_apart(kinds)
        if len(kinds) < 2 or not (has_families or _is_lasting(generations, is_deploy)):
            continue
        yield _finding(str(name), team, kinds, has_families)


def _mixed(rows: Any) -> list[str]:
    """Return the groups whose members subscribe to different topics, all of them decoded."""
    kinds = rows[["group", "subscription"]].drop_duplicates()["group"].value_counts()
    dark = rows.loc[rows["subscription"].isna(), "group"]
    return sorted(set(kinds[kinds > 1].index) - set(dark))


def _kinds(team: Any) -> list[Any]:
    """Return the members in sets that share no topic: the components of who reads what."""
    kinds: list[tuple[set[str], list[int]]] = []
    for place, topics in enumerate(team["subscription"]):
        if not topics:
            continue
        touching = [kind for kind in kinds if kind[0] & set(topics)]
        merged = (
            set(topics).union(*(kind[0] for kind in touching)),
            [place, *(one for kind in touching for one in kind[1])],
        )
        kinds = [kind for kind in kinds if kind not in touching] + [merged]
    return [team.iloc[sorted(places)] for _, places in kinds]


def _are_apart(kinds: list[Any]) -> bool:
    """Tell whether no two kinds have a family of client ids in common."""
    families = [_families(kind["client_id"]) for kind in kinds]
    return sum(map(len, families)) == len(set().union(*families))


def _families(client_ids: Iterable[Any]) -> set[str]:
    return {_NUMBERED.sub("", client_id or "") for client_id in client_ids}


def _since(generations: GenerationHistory | None, name: str, groups: Groups) -> float:
    """Return how long ago the group last rebalanced, in seconds; infinite where not known."""
    if generations is None:
        return float("inf")
    times = generations.rows.loc[generations.rows["group"] == name, "written_at"]
    return float("inf") if times.empty else (groups.read_at - times.max()).total_seconds()


def _is_lasting(generations: GenerationHistory | None, is_deploy: bool) -> bool:
    """Tell whether members of one family differ for longer than a deploy takes."""
    return generations is not None and not is_deploy


def _finding(name: str, team: Any, kinds: list[Any], has_families: bool) -> Finding:
    return Finding(
        "warning",
        group(name),
        f"Group {name} has {count(len(kinds), 'kind')} of member that share no topic: "
        f"{'; '.join(_kind(kind) for kind in kinds)}.",
        "Each start or end of one stops the others for a rebalance, and lag of one is looked for "
        "in the other.",
        cause="Two applications have the same group.id"
        + ("." if has_families else ", or a release that reads other topics is rolled out."),
        confidence="likely" if has_families else "possible",
        evidence={
            "kinds": [sorted(_topics(kind)) for kind in kinds],
            "client_ids": [sorted(set(kind["client_id"].dropna())) for kind in kinds],
            "members": len(team),
        },
        actions=(
            group_words.describe_action(
                name,
                "Give each application a group.id of its own, starting at the offsets it has now.",
            ),
        ),
        covers=frozenset(group(name, topic) for topic in _topics(team)),
    )


def _topics(kind: Any) -> set[str]:
    return {topic for topics in kind["subscription"] for topic in topics}


def _kind(kind: Any) -> str:
    return f"{listed(sorted(set(kind['client_id'].dropna())))} read {listed(sorted(_topics(kind)))}"
