"""Large groups whose members join one after the other, and stop all others each time.

Reads: the generations of the past in __consumer_offsets, the describes of groups.
"""

from kdiag.api import Action, Finding, JoinHerds, Said, check, count, group, span

_EAGER = ("range", "roundrobin", "sticky")


@check(
    area="groups",
    explained_by=(
        "poll-eviction-storm",
        "session-loss-storm",
        "crash-looping-member",
        "rebalance-storm",
    ),
)
def join_herd(herds: JoinHerds, *, min_members: int = 20) -> Said:
    """Groups with an eager assignor that many members joined in several rebalances in a row.

    min_members: fewer that join are not reported.
    """
    rows = herds.rows
    rows = rows[(rows["joined"] >= min_members) & (rows["generations"] > 1)]
    for row in rows[rows["protocol"].isin(_EAGER)].itertuples():
        yield Finding(
            "info",
            group(row.group),
            f"{count(row.joined, 'member')} joined group {row.group} in "
            f"{count(row.generations, 'rebalance')} within {span(row.seconds)}; all of them "
            "stopped each time.",
            "After each deploy nobody reads until the last member has come.",
            cause=f"The assignor {row.protocol} is eager, and the members do not start within "
            "group.initial.rebalance.delay.ms of each other.",
            evidence={
                "members": int(row.members),
                "joined": int(row.joined),
                "rebalances": int(row.generations),
                "seconds": round(row.seconds, 1),
                "assignor": row.protocol,
            },
            actions=(
                Action(
                    "Use cooperative-sticky or group.protocol=consumer, give members a "
                    "group.instance.id, or let them start together; "
                    "group.initial.rebalance.delay.ms of the brokers may be raised."
                ),
            ),
            since=row.began_at.to_pydatetime(),
            covers=frozenset({group(row.group)}),
        )
