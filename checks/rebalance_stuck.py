"""Groups whose rebalance does not end.

While a classic group rebalances, nobody reads. One member that does not come back to poll keeps all
others waiting for as long as its max.poll.interval.ms. It is the opposite of a storm: no rebalance
completes at all.

Reads: ListGroups and the describes in two samples where a group rebalances, OffsetFetch,
ListOffsets; the last generation and the last commits in __consumer_offsets, where they can be read.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    Groups,
    Said,
    StuckRebalances,
    aged,
    ages_of,
    check,
    churn_words,
    count,
    group,
    known,
    listed,
    span,
)


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def rebalance_stuck(groups: Groups, stuck: StuckRebalances) -> Said:
    """Groups that rebalance in both samples, and commit nothing, while their backlog ages.

    A group that rebalances in both samples but has no old backlog is not reported: a large group
    may well need that long after a deploy. Nor is one that completed a rebalance, or committed
    something, in the last 30 s.
    """
    for row in stuck.rows.itertuples():
        oldest = aged(row.oldest_unread_seconds, row.oldest_unread_upper_seconds)
        yield Finding(
            "critical",
            group(row.group),
            f"Group {row.group} is in {row.state} in both samples, and nobody reads{_quiet(row)}: "
            f"its oldest unread record is {oldest}.",
            f"{count(row.lag_records, 'record')} wait until the rebalance ends"
            f"{_at_the_latest(row)}.",
            cause=f"The group waits for {_awaited(row)}, which does not come back to poll.",
            confidence="likely" if row.waits_for else "possible",
            evidence=_evidence(row),
            actions=(
                Action(
                    f"Take a thread dump of {_awaited(row)}: a call blocks its poll loop. Then "
                    "restart it; the rebalance completes at once.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    "--group {group} --members",
                    values={"group": row.group},
                ),
                Action(
                    "Set max.poll.interval.ms to what the work between two polls really needs: it "
                    "bounds how long a rebalance may wait."
                ),
            ),
            covers=frozenset({group(row.group)}),
        )


def _quiet(row: Any) -> str:
    is_known = row.quiet_seconds == row.quiet_seconds
    return f" since {span(row.quiet_seconds)} ago" if is_known else ""


def _awaited(row: Any) -> str:
    names = [churn_words.client_name(client) for client in row.waits_for]
    return listed(names) if names else "a member"


def _at_the_latest(row: Any) -> str:
    timeout = row.rebalance_timeout_seconds
    if timeout != timeout:
        return ""
    return f", which may take the max.poll.interval.ms of that member, {span(timeout)}"


def _evidence(row: Any) -> dict[str, Any]:
    found = {
        "state": row.state,
        "members": int(row.members),
        "waiting_members": known(row.newcomers),
        "lag_records": int(row.lag_records),
        **ages_of(row),
        "quiet_seconds": row.quiet_seconds,
        "last_generation": known(row.generation),
        "max_poll_interval_seconds": row.rebalance_timeout_seconds,
    }
    return {key: value for key, value in found.items() if value is not None and value == value}
