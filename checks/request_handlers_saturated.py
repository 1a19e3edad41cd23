"""Brokers whose request handlers have no time left.

All requests wait in one queue for the handler threads (num.io.threads). The phase in which the
requests spend their time tells why the threads are busy: the queue (too few threads), the log on
this broker (disk, page cache, compression), or the network.

Reads: JMX (RequestHandlerAvgIdlePercent as a counter of idle time, RequestMetrics) in two samples,
DescribeConfigs of brokers (num.io.threads, for what to type).
"""

from typing import Any

from kdiag.api import (
    Action,
    BrokerConfigs,
    Finding,
    HandlerIdle,
    RequestTimes,
    Said,
    check,
    subject_of,
    thread_words,
)

_KEY = "num.io.threads"

_CAUSES = {
    "queue": "Requests wait for a handler: the threads are too few, or what they do is too slow.",
    "local": "The threads work on this broker's log: a slow disk, or recompression.",
    "remote": "Requests wait for followers, or for more records; that holds no handler.",
    "response_queue": "Answers wait for network threads.",
    "send": "Answers are sent slowly: network, or clients that read slowly.",
}


@check(area="brokers", configs=(_KEY,))
def request_handlers_saturated(
    idle: HandlerIdle,
    times: RequestTimes | None,
    configs: BrokerConfigs | None,
    *,
    warning_ratio: float = 0.3,
    critical_ratio: float = 0.1,
) -> Said:
    """Brokers whose request handlers are idle for too little of the time.

    warning_ratio: part of the time that handlers must be idle, as Kafka's monitoring page says.
    critical_ratio: below it clients see the queue in their latency.
    """
    for row in idle.rows[idle.rows["idle_ratio"] < warning_ratio].itertuples():
        severity = "critical" if row.idle_ratio < critical_ratio else "warning"
        yield _finding(severity, row, _slowest(times, row.target), configs)


def _slowest(times: RequestTimes | None, target: str) -> Any | None:
    """Return the kind of request on which most time was spent."""
    if times is None:
        return None
    rows = times.rows[times.rows["target"] == target]
    spent = rows["requests"] * (rows["queue_seconds"] + rows["local_seconds"])
    return rows.loc[spent.idxmax()] if spent.notna().any() else None


def _anatomy(slowest: Any) -> tuple[str, dict[str, Any]]:
    """Return the cause and the evidence that the phases of a kind of request give."""
    phases = {name: float(slowest[f"{name}_seconds"]) for name in _CAUSES}
    most = max(("queue", "local"), key=lambda name: phases[name])
    took = f"A {slowest.request} request takes {1000 * slowest.total_seconds:,.1f} ms."
    return f"{took} {_CAUSES[most]}", {
        "request": slowest.request,
        "dominating_phase": most,
        **{f"{name}_seconds": round(seconds, 6) for name, seconds in phases.items()},
    }


def _finding(
    severity: Any, row: Any, slowest: Any | None, configs: BrokerConfigs | None
) -> Finding:
    cause, evidence = ("", {}) if slowest is None else _anatomy(slowest)
    return Finding(
        severity,
        subject_of(row.target),
        f"Request handlers of {row.target} are idle {row.idle_ratio:.0%} of the time.",
        "Every client and follower of this broker waits in its request queue.",
        cause=cause,
        evidence={"idle_ratio": round(row.idle_ratio, 3), **evidence},
        actions=(
            Action(
                "Find what changed: more or smaller requests, a slow disk, a new client. Larger "
                "batches (linger.ms, batch.size) cost fewer requests."
            ),
            thread_words.more(
                "If the processors are idle, raise the number of handlers; no restart is needed.",
                row.target,
                _KEY,
                configs,
            ),
        ),
        covers=frozenset([subject_of(row.target)]),
    )
