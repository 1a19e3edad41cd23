"""Members that do not give up the partitions that others are waiting for.

In a group of the consumer protocol a new owner gets a partition only when the old one has revoked
it. A member that is blocked in its own code, or in its rebalance listener, does not revoke: the
group stays Reconciling, and the partitions that it is to give up are read by nobody else.

Reads: ConsumerGroupDescribe, StreamsGroupDescribe, the members' records in __consumer_offsets.
"""

from kdiag.api import (
    Finding,
    Groups,
    Revocations,
    Said,
    check,
    churn_words,
    count,
    group,
    group_words,
    listed,
    span,
)


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def member_not_revoking(
    groups: Groups, revocations: Revocations, *, min_wait_seconds: int = 30
) -> Said:
    """Members that were told to revoke partitions, and have not done so.

    min_wait_seconds: how long ago they were told. A member hears it with its next heartbeat (5 s,
    group.consumer.heartbeat.interval.ms), and revokes with its next poll.
    """
    rows = revocations.rows
    for row in rows[rows["waits_seconds"] >= min_wait_seconds].itertuples():
        name = churn_words.client_name((row.client_id or row.member_id, row.client_host or ""))
        owed = [f"{topic}-{number}" for topic, number in row.partitions]
        yield Finding(
            "warning",
            group(row.group),
            f"Group {row.group} waits for {name} to give up "
            f"{count(len(owed), 'partition')} ({listed(owed)}): it was told "
            f"{span(row.waits_seconds)} ago.",
            f"Nobody else reads these partitions; {count(row.waiting, 'member')} of the group "
            f"{'waits' if row.waiting == 1 else 'wait'} for them. The broker throws the member out "
            "after its max.poll.interval.ms.",
            cause="Its application does not poll, or blocks in its rebalance listener.",
            confidence="likely",
            evidence={
                "member_id": row.member_id,
                "member_epoch": int(row.member_epoch),
                "group_epoch": int(row.group_epoch),
                "partitions": owed,
                "waiting_members": int(row.waiting),
                "waits_seconds": round(row.waits_seconds, 1),
            },
            actions=(
                group_words.describe_action(
                    row.group,
                    f"Take a thread dump of {name}, and restart it.",
                ),
            ),
            since=row.since.to_pydatetime(),
            covers=frozenset({group(row.group)}),
        )
