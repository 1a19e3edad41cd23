"""Groups that rebalance all the time, for more than one reason or for none that can be told.

A rebalance stops the members of a classic group, all of them or those whose partitions move. Many
short-lived members, members that come and go in turn, an unsteady subscription, or rebalances that
do not complete keep a group from its work.

Reads: the generations and commits of the past in __consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import Action, Churn, Said, check, churn_words, count, group_words


@check(
    area="groups",
    explained_by=(
        "broker-down",
        "coordinator-unavailable",
        "duplicate-static-id",
        "connect-rebalance-loop",
    ),
)
def rebalance_storm(churn: Churn) -> Said:
    """Groups that rebalance far more often than a deploy explains, from no single cause.

    More than half of the members restart three times within the hour; or six members that came
    within the hour went again; or six rebalances did not complete; or twelve changed nothing.
    """
    for row in churn_words.verdict_rows(churn, "rebalance-storm"):
        yield churn_words.storm(
            row,
            "warning",
            _seen(row),
            "Each rebalance stops members of the group; what was not committed is read again.",
            _cause(row),
            (
                group_words.describe_action(
                    row.group,
                    "See who joins and leaves, and why: restarts and scaling of the application, "
                    "its subscription if it is a pattern.",
                ),
                Action(
                    "Give members a group.instance.id where they are restarted (KIP-345), scale "
                    "in larger and rarer steps, and use cooperative-sticky or group.protocol="
                    "consumer so that the others go on meanwhile."
                ),
            ),
        )


def _seen(row: Any) -> str:
    if row.clients:
        return churn_words.stays(row)
    if row.failed >= row.times:
        return f"{count(row.failed, 'rebalance')} did not complete"
    if row.unchanged >= row.times:
        return f"{count(row.unchanged, 'rebalance')} brought no member and took none"
    return f"{count(row.times, 'member')} that had just come went again"


def _cause(row: Any) -> str:
    if row.silent_seconds == row.silent_seconds:
        return "Most members are restarted, or scaled away and back, all the time."
    if row.clients:
        return (
            "Whether they are restarted, lose their session, or exceed max.poll.interval.ms cannot "
            "be told from the history."
        )
    return "Members that are scaled up and down, or a leader that does not get to the end of it."
