"""Brokers that get very few records with each Produce request, at a high rate.

Each request costs a broker the same work for one record as for a thousand: threads, a checksum, a
wait for followers. Producers that send each record by itself (linger.ms=0, a flush after each send)
make brokers look too small.

Reads: JMX in two samples (MessagesInPerSec, Produce of RequestMetrics); without JMX, and only with
--sample-records, the newest batch of each topic beside ListOffsets in two samples.
"""

from collections.abc import Iterator

from kdiag.api import (
    Action,
    Earlier,
    FactDeltas,
    Finding,
    HandlerIdle,
    Offsets,
    RecordSamples,
    Said,
    check,
    count,
    known,
    rows_of,
    subject_of,
    topic,
)

_MESSAGES, _REQUESTS = "messages-in", "request-total-count"
_ACTION = Action(
    "Find the producers that send record by record; give them linger.ms=5 or more (the default of "
    "Java clients from 4.0 on), a larger batch.size, and no flush after each send."
)


@check(area="topics", facts=(_MESSAGES, _REQUESTS), any_of=(FactDeltas, RecordSamples))
def tiny_batches(
    deltas: FactDeltas | None,
    samples: RecordSamples | None,
    idle: HandlerIdle | None,
    offsets: Offsets | None,
    before: Earlier[Offsets] | None,
    *,
    request_records: float = 10.0,
    requests_per_second: float = 500.0,
) -> Said:
    """Brokers whose Produce requests bring fewer than ten records each.

    request_records: records of a request, on average, below which it is mostly overhead.
    requests_per_second: fewer requests at one broker are no burden, however small they are.
    """
    if deltas is not None:
        yield from _by_broker(deltas, idle, request_records, requests_per_second)
    elif samples is not None and offsets is not None and before is not None:
        yield from _by_topic(samples, offsets, before, request_records, requests_per_second)


def _by_broker(
    deltas: FactDeltas, idle: HandlerIdle | None, few: float, many: float
) -> Iterator[Finding]:
    requests = rows_of(deltas, _REQUESTS)
    requests = requests[(requests["request"] == "Produce") & (requests["per_second"] >= many)]
    messages = dict(rows_of(deltas, _MESSAGES)[["target", "per_second"]].itertuples(index=False))
    for row in requests.itertuples():
        rate = messages.get(row.target)
        if rate is not None and rate < few * row.per_second:
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


def _by_topic(
    samples: RecordSamples, offsets: Offsets, before: Offsets, few: float, many: float
) -> Iterator[Finding]:
    """Yield topics with so many records a second that batches like the newest are too many."""
    key = ["topic", "partition"]
    then = before.rows[[*key, "end_offset"]].rename(columns={"end_offset": "then"})
    rows = offsets.rows.merge(then, on=key)
    seconds = max(0.001, (offsets.read_at - before.read_at).total_seconds())
    rates = (rows["end_offset"] - rows["then"]).groupby(rows["topic"]).sum() / seconds
    newest = samples.rows[samples.rows["asked_for"] == "newest"]
    for row in newest.itertuples():
        rate, held = float(rates.get(row.topic, 0)), known(row.batch_records)
        if held and held < few and rate / held >= many:
            yield _of_topic(row.topic, held, rate)


def _of_topic(name: str, held: int, rate: float) -> Finding:
    return Finding(
        "info",
        topic(name),
        f"The newest batch of topic {name} has {count(held, 'record')}, and it gets {rate:,.0f} "
        "records a second.",
        "If all batches are like it, most of the work of its leaders is for requests, not for "
        "records.",
        cause="One batch was looked at; requests are only counted over JMX.",
        evidence={"batch_records": held, "records_per_second": round(rate, 1)},
        actions=(_ACTION,),
        confidence="possible",
    )
