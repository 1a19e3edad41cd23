"""Brokers that get very few records with each Produce request, at a high rate.

Each request costs a broker the same work for one record as for a thousand: threads, a checksum, a
wait for followers. Producers that send each record by itself (linger.ms=0, a flush after each send)
make brokers look too small.

Reads: JMX in two samples (MessagesInPerSec, Produce of RequestMetrics).
"""

from kdiag.api import (
    Action,
    FactDeltas,
    Finding,
    HandlerIdle,
    Said,
    check,
    rows_of,
    subject_of,
)

_MESSAGES, _REQUESTS = "messages-in", "request-total-count"
_ACTION = Action(
    "Find the producers that send record by record; give them linger.ms=5 or more (the default of "
    "Java clients from 4.0 on), a larger batch.size, and no flush after each send."
)


@check(area="topics", facts=(_MESSAGES, _REQUESTS))
def tiny_batches(
    deltas: FactDeltas,
    idle: HandlerIdle | None,
    *,
    request_records: float = 10.0,
    requests_per_second: float = 500.0,
) -> Said:
    """Brokers whose Produce requests bring fewer than ten records each.

    request_records: records of a request, on average, below which it is mostly overhead.
    requests_per_second: fewer requests at one broker are no burden, however small they are.
    """
    requests = rows_of(deltas, _REQUESTS)
    is_busy = (requests["request"] == "Produce") & (requests["per_second"] >= requests_per_second)
    requests = requests[is_busy]
    messages = dict(rows_of(deltas, _MESSAGES)[["target", "per_second"]].itertuples(index=False))
    for row in requests.itertuples():
        rate = messages.get(row.target)
        if rate is not None and rate < request_records * row.per_second:
            yield _of_broker(row.target, rate, row.per_second, _idle(idle, row.target))


def _idle(idle: HandlerIdle | None, target: str) -> float | None:
    rows = (HandlerIdle.of() if idle is None else idle).rows
    values = rows.loc[rows["target"] == target, "idle_ratio"]
    return float(values.iloc[0]) if len(values) else None


def _of_broker(target: str, messages: float, requests: float, idle: float | None) -> Finding:
    threads = "" if idle is None else f" Its request handlers are idle {idle:.0%} of the time."
    return Finding(
        "info",
        subject_of(target),
        f"B{target[1:]} gets {messages / requests:.1f} records with each of {requests:,.0f} "
        "Produce requests a second.",
        f"Most of the work is for requests, not for records.{threads}",
        cause="Producers send records one by one, or spread few records over many partitions.",
        evidence={
            "records_per_request": round(messages / requests, 2),
            "requests_per_second": round(requests, 1),
            "records_per_second": round(messages, 1),
            "handlers_idle_ratio": None if idle is None else round(idle, 3),
        },
        actions=(_ACTION,),
    )
