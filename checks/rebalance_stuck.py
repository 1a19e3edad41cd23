"""Groups whose rebalance does not end.

While a group rebalances, nobody reads. One member that does not come back to poll, with a long
max.poll.interval.ms, keeps all others waiting for as long as that.

Reads: ListGroups and the describes in two samples, OffsetFetch, ListOffsets.
"""

from kdiag.api import (
    REBALANCING,
    Action,
    Earlier,
    Finding,
    Groups,
    LagVerdicts,
    Said,
    aged,
    ages_of,
    check,
    count,
    group,
)


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def rebalance_stuck(groups: Groups, before: Earlier[Groups], verdicts: LagVerdicts) -> Said:
    """Groups that rebalance in both samples while their backlog ages.

    A group that rebalances in both samples but has no old backlog is not reported: a large group
    may well need that long after a deploy.
    """
    rebalancing = _rebalancing(groups) & _rebalancing(before)
    rows = verdicts.rows
    waiting = rows[rows["group"].isin(rebalancing) & (rows["verdict"] == "rebalancing")]
    for name, topics in waiting.groupby("group"):
        row = groups.rows[groups.rows["group"] == name].iloc[0]
        oldest = topics.loc[topics["oldest_unread_seconds"].idxmax()]
        lag = int(topics["lag_records"].sum())
        yield Finding(
            "critical",
            group(str(name)),
            f"Group {name} is in {row['state']} in both samples, and nobody reads: its oldest "
            f"unread record is "
            f"{aged(oldest.oldest_unread_seconds, oldest.oldest_unread_upper_seconds)}.",
            f"{count(lag, 'record')} wait until the rebalance ends.",
            cause="Some member has not come back to poll; the others wait for it until its "
            "max.poll.interval.ms has passed.",
            confidence="likely",
            evidence={
                "state": row["state"],
                "lag_records": lag,
                **ages_of(oldest),
                "window_seconds": round(float(topics["window_seconds"].iloc[0]), 1),
                "members": int(topics["members"].iloc[0]),
            },
            actions=(
                Action(
                    "Find the member that is blocked (its thread dump shows a call inside poll "
                    "processing), and restart it.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    f"--group {name} --members",
                ),
            ),
        )


def _rebalancing(groups: Groups) -> set[str]:
    return set(groups.rows[groups.rows["state"].isin(REBALANCING)]["group"])
