"""Producers that share a transactional.id and fence each other in turn.

Each one that starts takes the id over: the open transaction of the other is aborted, its next
request fails with ProducerFenced, it restarts, and takes the id back. Work is done again and again
and hardly any of it is committed. One instance that crashes in its transactions and restarts looks
the same in the log. Epochs that merely grow are no sign: with transaction.version 2 every
transaction raises them.

Reads: the newest records of `__transaction_state` (Fetch).
"""

from kdiag.api import (
    Action,
    Finding,
    Said,
    Subject,
    Takeovers,
    TransactionHistory,
    check,
    span,
)


@check(area="transactions")
def fenced_producers(
    takeovers: Takeovers, history: TransactionHistory, *, min_takeovers_count: int = 3
) -> Said:
    """Transactional ids that are taken over from producers at work, again and again.

    min_takeovers_count: in the last 10 minutes; one is a restart, two may be a deployment.
    """
    for id_, rows in takeovers.rows.groupby("transactional_id"):
        if len(rows) < min_takeovers_count:
            continue
        window = (rows["at"].max() - rows["at"].min()).total_seconds()
        committed = history.rows[
            (history.rows["transactional_id"] == id_)
            & (history.rows["state"] == "CompleteCommit")
            & (history.rows["written_at"] >= rows["at"].min())
        ]
        yield Finding(
            "warning",
            Subject.of("transactional_id", transactional_id=id_),
            f"Transactional id {id_} was taken over {len(rows)} times within {span(window)}, each "
            "time from a producer with an open transaction.",
            "What the fenced producer had written is aborted and done again; it gets "
            "ProducerFenced and has to restart.",
            cause="Two instances use the same transactional.id, or one crashes in its transactions "
            "and restarts again and again.",
            confidence="likely",
            evidence={
                "takeover_count": len(rows),
                "committed_count": len(committed),
                "window_seconds": round(window),
                "producer_epoch": int(rows["producer_epoch"].iloc[-1]),
            },
            actions=(
                Action(
                    f"Search the configuration of all instances for {id_}, and give each an id of "
                    "its own that stays the same over restarts; where there is only one instance, "
                    "read why it restarts.",
                    "kafka-transactions.sh --bootstrap-server {bootstrap} describe "
                    "--transactional-id {transactional_id}",
                    values={"transactional_id": id_},
                ),
            ),
            since=rows["at"].min().to_pydatetime(),
        )
