"""Groups in which one member has far more partitions than the others.

The range assignor gives the first partitions of every topic to the first member; with many topics
of few partitions one member does most of the work, and others wait.

Reads: the describes of groups (assignments).
"""

from typing import Any

from kdiag.api import (
    Finding,
    Groups,
    Members,
    Said,
    check,
    count,
    group,
    group_words,
    listed,
)


@check(area="lag", explained_by=("shared-group-id",))
def uneven_assignment(
    groups: Groups, members: Members, *, max_ratio: float = 2.0, min_partitions: int = 4
) -> Said:
    """Stable groups in which a member has several times the median of the partitions.

    max_ratio: how many times the median a member may have.
    min_partitions: a member with fewer partitions is not reported.
    """
    rows = groups.rows
    is_plain = (rows["protocol_type"] == "consumer") & (rows["protocol"] != "stream")
    protocols = rows[(rows["state"] == "Stable") & is_plain].set_index("group")["protocol"]
    known = members.rows[members.rows["group"].isin(protocols.index)]
    known = known[~known["group"].isin(_incomparable(known))]
    sizes = known.assign(size=known["assignment"].map(len)).groupby("group")["size"]
    limit = (sizes.median().clip(lower=1) * max_ratio).clip(lower=min_partitions - 1)
    for name in sizes.max()[sizes.max() > limit].index:
        team = known[known["group"] == name]
        yield _finding(str(name), team, protocols[name])


def _incomparable(rows: Any) -> set[str]:
    """Return the groups with members that are not decoded, or that want different topics."""
    is_dark = rows["subscription"].isna() | rows["assignment"].isna()
    wanted = rows[~is_dark].assign(topics=rows["subscription"].map(frozenset, na_action="ignore"))
    kinds = wanted[["group", "topics"]].drop_duplicates()["group"].value_counts()
    return {*rows.loc[is_dark, "group"], *kinds[kinds > 1].index}


def _finding(name: str, team: Any, protocol: Any) -> Finding:
    sizes = team["assignment"].map(len)
    member = team.loc[sizes.idxmax()]
    most, median = int(sizes.max()), float(sizes.median())
    return Finding(
        "info",
        group(name),
        f"Member {member.client_id} of group {name} has {count(most, 'partition')}, the median of "
        f"its {count(len(sizes), 'member')} is {median:g}.",
        "It is the first to fall behind, and members beside it have little to do.",
        cause=f"The assignor {protocol} deals out topic by topic."
        if protocol == "range"
        else "The assignor does not balance over topics, or the group just grew.",
        evidence={
            "max_partitions": most,
            "median_partitions": median,
            "members": len(sizes),
            "largest": listed(sizes.sort_values(ascending=False).tolist(), 10),
        },
        actions=(
            group_words.describe_action(
                name,
                "Use the cooperative-sticky assignor (two rolling restarts, KIP-429), or "
                "group.protocol=consumer (KIP-848).",
            ),
        ),
    )
