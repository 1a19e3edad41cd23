"""Groups that stop all members for each rebalance.

With the range, roundrobin and sticky assignors every member gives up all partitions before each
rebalance and waits for the slowest one. CooperativeStickyAssignor (KIP-429) moves only what has to
move. The default list names range first, so it is in use until it is removed.

Reads: ListGroups and the describes; the rebalances in __consumer_offsets, where they can be read.
"""

from typing import Any

from kdiag.api import Action, Churn, Finding, Groups, Members, Said, check, count, group

_EAGER = ("range", "roundrobin", "sticky")


@check(
    area="groups",
    explained_by=(
        "poll-eviction-storm",
        "session-loss-storm",
        "crash-looping-member",
        "rebalance-storm",
        "join-herd",
    ),
)
def eager_assignor(
    groups: Groups,
    members: Members,
    churn: Churn | None,
    *,
    max_members: int = 10,
    max_rebalances_count: int = 10,
) -> Said:
    """Classic groups with an eager assignor that are large, or that rebalance often.

    max_members: a group with more of them is large.
    max_rebalances_count: more of them within the last hour are often, for a group of three members
    or more.
    """
    rows = groups.rows
    eager = rows[(rows["type"] == "classic") & (rows["protocol_type"] == "consumer")]
    eager = eager[eager["protocol"].isin(_EAGER)]
    sizes = members.rows.groupby("group").size()
    often = _rebalances(churn)
    for row in eager.itertuples():
        size, rebalances = int(sizes.get(row.group, 0)), often.get(row.group, 0)
        if size > max_members or (size > 2 and rebalances > max_rebalances_count):
            yield _said(row, size, rebalances)


def _rebalances(churn: Churn | None) -> dict[str, int]:
    if churn is None:
        return {}
    return dict(zip(churn.rows["group"], churn.rows["rebalances"].tolist(), strict=True))


def _said(row: Any, size: int, rebalances: int) -> Finding:
    seen = f"; it rebalanced {count(rebalances, 'time')} in the last hour" if rebalances else ""
    return Finding(
        "info",
        group(row.group),
        f"Group {row.group} has {count(size, 'member')} and the eager assignor {row.protocol}"
        f"{seen}.",
        "Each rebalance stops all members until the slowest of them has come to poll.",
        cause="partition.assignment.strategy names an eager assignor that all members have.",
        evidence={"assignor": row.protocol, "members": size, "rebalances_last_hour": rebalances},
        actions=(
            Action(
                "Set partition.assignment.strategy to CooperativeStickyAssignor and the present "
                "one, restart all members one by one, remove the old one, restart them again; or "
                "go over to group.protocol=consumer (KIP-848, brokers and Java clients 4.0)."
            ),
        ),
    )
