"""Log cleaners that do not compact any more.

A cleaner thread that dies is not started again until the broker restarts; a partition whose
cleaning failed is left out from then on. Compacted topics grow without an end, __consumer_offsets
among them: coordinators load slowly, and old values come back. A cluster without compacted topics
misses nothing.

Reads: JMX (DeadThreadCount of LogCleaner; uncleanable-partitions-count and uncleanable-bytes of
LogCleanerManager), DescribeConfigs (log.cleaner.enable of brokers, cleanup.policy of topics).
"""

from collections.abc import Iterator

from kdiag.api import (
    Action,
    BrokerConfigs,
    Facts,
    Finding,
    NotApplicable,
    Said,
    TopicConfigs,
    broker,
    check,
    compacted_topics,
    count,
    log_dir,
    rows_of,
    size,
    subject_of,
    value_by_target,
)

_ENABLE = "log.cleaner.enable"
_DEAD, _PARTITIONS, _SIZE = "cleaner-dead-threads", "uncleanable-partitions", "uncleanable-size"
_GROWS = "Compacted topics there grow until the disk is full, and are slow to read from the start."


@check(
    area="disk",
    configs=("cleanup.policy", _ENABLE),
    facts=(_DEAD, _PARTITIONS, _SIZE),
    any_of=(Facts, BrokerConfigs),
)
def compaction_stopped(
    facts: Facts | None, broker_configs: BrokerConfigs | None, configs: TopicConfigs | None
) -> Said:
    """Brokers whose cleaner is dead or disabled, and log directories that it gave up."""
    is_whole = configs is not None and not configs.errors
    if configs is not None and is_whole and not compacted_topics(configs):
        yield NotApplicable("no topic is compacted")
        return
    if facts is not None:
        yield from _dead(facts)
        yield from _uncleanable(facts)
    if broker_configs is not None:
        yield from _disabled(broker_configs, is_whole)


def _dead(facts: Facts) -> Iterator[Finding]:
    for target, threads in value_by_target(facts, _DEAD).items():
        if threads > 0:
            subject = subject_of(target)
            yield Finding(
                "critical",
                subject,
                f"The log cleaner of {target} has {count(int(threads), 'dead thread')}.",
                _GROWS,
                cause="A cleaner thread met an error that it cannot get over; log-cleaner.log or "
                "server.log has it.",
                evidence={"dead_threads": int(threads)},
                actions=(
                    Action(
                        f"Find the error on {target}.",
                        "grep 'ERROR.*kafka-log-cleaner-thread' log-cleaner.log server.log",
                    ),
                    Action("Remove its reason, then restart the broker.", effect="disruptive"),
                ),
                covers=frozenset([subject]),
            )


def _uncleanable(facts: Facts) -> Iterator[Finding]:
    sizes = rows_of(facts, _SIZE).rename(columns={"value": "bytes"})
    rows = rows_of(facts, _PARTITIONS).merge(
        sizes[["target", "logDirectory", "bytes"]], "left", ["target", "logDirectory"]
    )
    for row in rows[rows["value"] > 0].itertuples():
        held = f", {size(row.bytes)} that cannot be cleaned" if row.bytes == row.bytes else ""
        yield Finding(
            "critical",
            log_dir(int(row.target.partition(" ")[2]), row.logDirectory),
            f"The log cleaner of {row.target} gave up {count(int(row.value), 'partition')} in "
            f"{row.logDirectory}{held}.",
            "These partitions grow until the broker is restarted; the others are still compacted.",
            cause="Cleaning failed there: a corrupt batch, or a log that does not fit the index.",
            evidence={
                "uncleanable_partitions": int(row.value),
                **({"uncleanable_bytes": int(row.bytes)} if held else {}),
            },
            actions=(
                Action(
                    f"Find which, and why, on {row.target}.",
                    "grep -i 'uncleanable' log-cleaner.log server.log",
                ),
                Action(
                    "If other replicas are intact, stop the broker, move the directory of this "
                    "partition away, and start it; the partition is copied anew.",
                    effect="disruptive",
                ),
            ),
        )


def _disabled(configs: BrokerConfigs, is_sure: bool) -> Iterator[Finding]:
    rows = configs.only("key", _ENABLE)
    for id_ in rows.loc[rows["value"] == "false", "broker"]:
        yield Finding(
            "critical",
            broker(id_),
            f"Broker {id_} does not compact: {_ENABLE} is false.",
            _GROWS,
            evidence={_ENABLE: "false"},
            actions=(
                Action(
                    f"Take {_ENABLE}=false out of server.properties of broker {id_}, and restart "
                    "it; the first run reads all compacted logs.",
                    effect="disruptive",
                ),
            ),
            confidence="certain" if is_sure else "likely",
            covers=frozenset([broker(id_)]),
        )
