"""Brokers whose network threads have no time left, while their request handlers have.

Network threads (num.network.threads for each listener) read requests and write answers, and encrypt
them where the listener uses TLS. Where the request handlers are saturated too, those are the root:
this finding folds under request-handlers-saturated.

Reads: JMX (NetworkProcessorAvgIdlePercent, which the broker averages over the last half minute;
RequestHandlerAvgIdlePercent as a counter of idle time in two samples), DescribeConfigs of brokers
(num.network.threads, for what to type).
"""

from kdiag.api import (
    Action,
    BrokerConfigs,
    Finding,
    HandlerIdle,
    NetworkIdle,
    Said,
    check,
    subject_of,
    thread_words,
)

_KEY = "num.network.threads"


@check(
    area="brokers",
    configs=(_KEY,),
    explained_by=("request-handlers-saturated",),
)
def network_threads_saturated(
    idle: NetworkIdle,
    handlers: HandlerIdle | None,
    configs: BrokerConfigs | None,
    *,
    warning_ratio: float = 0.3,
) -> Said:
    """Brokers whose network threads are idle for too little of the time.

    warning_ratio: part of the time that network threads must be idle, as Kafka's monitoring page
        says.
    """
    of_handlers = {} if handlers is None else handlers.rows.set_index("target")["idle_ratio"]
    for row in idle.rows[idle.rows["idle_ratio"] < warning_ratio].itertuples():
        known = of_handlers.get(row.target)
        yield _finding(row.target, row.idle_ratio, known, warning_ratio, configs)


def _cause(handlers: float | None, warning_ratio: float) -> str:
    if handlers is None:
        return "Whether its request handlers have time left is not known."
    if handlers < warning_ratio:
        return f"Its request handlers are idle {handlers:.0%} of the time: they are short too."
    return (
        f"Its request handlers are idle {handlers:.0%} of the time, so it is the network side: "
        "TLS, many connections, or many small requests."
    )


def _finding(
    target: str,
    idle: float,
    handlers: float | None,
    warning_ratio: float,
    configs: BrokerConfigs | None,
) -> Finding:
    known = {} if handlers is None else {"handlers_idle_ratio": round(handlers, 3)}
    return Finding(
        "warning",
        subject_of(target),
        f"Network threads of {target} are idle {idle:.0%} of the time.",
        "Requests are read late and answers are sent late; all clients of this broker see latency "
        "that its request queue does not show.",
        cause=_cause(handlers, warning_ratio),
        confidence="possible" if handlers is None else "certain",
        evidence={"idle_ratio": round(idle, 3), **known},
        actions=(
            Action(
                "See whether connections are opened too often (connection-storm), and how many "
                "requests are small: larger batches (linger.ms, batch.size) cost fewer."
            ),
            thread_words.more(
                "If the processors are idle, raise the number of network threads of each listener; "
                "no restart is needed.",
                target,
                _KEY,
                configs,
            ),
        ),
    )
