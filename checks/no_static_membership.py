"""Members that are restarted as strangers, although they could keep their place.

A dynamic member that restarts leaves and joins: two rebalances. With group.instance.id (KIP-345) it
returns within its session, gets its partitions back, and nobody else notices.

Reads: the generations and commits of the past in __consumer_offsets, the describes of groups.
"""

from kdiag.api import (
    Action,
    Finding,
    Restarts,
    Said,
    check,
    churn_words,
    count,
    group,
    listed,
    span,
)


@check(
    area="groups",
    explained_by=(
        "poll-eviction-storm",
        "session-loss-storm",
        "crash-looping-member",
        "rebalance-storm",
        "duplicate-static-id",
    ),
)
def no_static_membership(restarts: Restarts) -> Said:
    """Groups whose dynamic members restart again and again, within the time of their session.

    A client counts that came back three times in the history, each time before its session would
    have ended, while others stayed in the group.
    """
    for row in restarts.rows.itertuples():
        names = listed(churn_words.client_name(client) for client in row.clients)
        yield Finding(
            "info",
            group(row.group),
            f"Members of group {row.group} were restarted {count(row.times, 'time')} and were back "
            f"after {span(row.away_seconds)}: {names}.",
            "Each restart rebalances the group twice.",
            cause="They have no group.instance.id, so each start is a new member.",
            evidence={
                "restarts": int(row.times),
                "away_seconds": round(row.away_seconds, 1),
                "session_timeout_seconds": row.session_timeout_seconds,
                "clients": [churn_words.client_name(client) for client in row.clients],
            },
            actions=(
                Action(
                    "Give each instance a group.instance.id that survives its restart, and a "
                    "session.timeout.ms longer than a restart takes "
                    f"(now {span(row.session_timeout_seconds)})."
                ),
            ),
            since=row.first_at.to_pydatetime(),
        )
