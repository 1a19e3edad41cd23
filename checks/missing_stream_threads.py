"""Streams applications that go on with fewer threads than they had.

A thread that ends with an exception leaves its group, and its tasks move to the other threads: the
group is Stable and everything looks well, but there is less power.

Reads: the generations of the past in __consumer_offsets, the describes of groups.
"""

from kdiag.api import Action, Finding, Said, StreamThreads, check, churn_words, count, group, span


@check(
    area="groups",
    explained_by=(
        "broker-down",
        "coordinator-unavailable",
        "poll-eviction-storm",
        "session-loss-storm",
        "crash-looping-member",
        "rebalance-storm",
    ),
)
def missing_stream_threads(threads: StreamThreads, *, min_missing_seconds: int = 30) -> Said:
    """Processes of Streams applications that have lost some of their threads, and not all.

    min_missing_seconds: how long ago. A thread that is replaced (REPLACE_THREAD, KIP-671) joins
    again at once.
    """
    rows = threads.rows
    for row in rows[rows["lost_seconds"] >= min_missing_seconds].itertuples():
        lost = row.threads_before - row.threads
        name = churn_words.client_name((row.process, row.client_host or ""))
        yield Finding(
            "warning",
            group(row.group),
            f"Process {name} of Streams application {row.group} has "
            f"{count(row.threads, 'thread')} left of {row.threads_before}; {lost} went "
            f"{span(row.lost_seconds)} ago.",
            "The others do its work as well: less throughput, and the next one may end likewise.",
            cause="An uncaught exception ended it, or the application removed it.",
            confidence="likely",
            evidence={
                "process": row.process,
                "host": row.client_host,
                "threads": int(row.threads),
                "threads_before": int(row.threads_before),
                "lost_seconds": round(row.lost_seconds, 1),
            },
            actions=(
                Action(
                    "Look for the exception in the log of this process, restart it, and set an "
                    "uncaught exception handler that replaces the thread (KIP-671)."
                ),
            ),
            since=row.lost_at.to_pydatetime(),
        )
