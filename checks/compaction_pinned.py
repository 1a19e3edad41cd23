"""Compacted partitions that the log cleaner may not, or will not, clean.

The cleaner works below the first open transaction, the active segment and min.compaction.lag.ms,
and only where the share of what was not cleaned is above min.cleanable.dirty.ratio (LogCleaner of
Kafka). Told only where the reason is seen; the size of a partition tells nothing, since a segment
that is still written to is never compacted.

Reads: DescribeConfigs of topics, ListOffsets and the transactions in two samples (last stable
offset), JMX (max-dirty-percent of LogCleanerManager, DeadThreadCount of LogCleaner).
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    LONG_SECONDS,
    SILENT_SECONDS,
    Action,
    Facts,
    Finding,
    OpenTransactions,
    Said,
    TopicConfigs,
    check,
    compacted_topics,
    config_by_topic,
    count,
    partition,
    span,
    topic,
    value_by_target,
)

_RATIO, _LAG = "min.cleanable.dirty.ratio", "min.compaction.lag.ms"
_DEFAULTS = {_RATIO: "0.5", _LAG: "0"}
_DIRTY, _DEAD = "max-dirty-ratio", "cleaner-dead-threads"
_GROWS = "Old values are kept; the partitions grow, and take longer to read from the start."


@check(
    area="disk",
    configs=("cleanup.policy", _RATIO, _LAG),
    facts=(_DIRTY, _DEAD),
    any_of=(OpenTransactions, Facts),
    explained_by=("open-transaction-pins-lso", "hanging-transaction"),
)
def compaction_pinned(
    configs: TopicConfigs,
    transactions: OpenTransactions | None,
    facts: Facts | None,
    *,
    dirty_ratio: float = 0.9,
    lag_days: float = 365,
) -> Said:
    """Compacted topics of which something keeps the cleaner away.

    dirty_ratio: from here on a topic waits until nearly all of it is old (the default is 0.5).
    lag_days: a min.compaction.lag.ms of more comes to no compaction at all.
    """
    compacted = compacted_topics(configs)
    if transactions is not None:
        rows = transactions.stuck(SILENT_SECONDS, LONG_SECONDS)
        yield from map(_by_transaction, rows[rows["topic"].isin(compacted)].itertuples())
    for name in sorted(compacted):
        lag = float(config_by_topic(configs, _LAG).get(name, 0)) / 1000
        if lag > lag_days * 86400:
            yield _by_setting(
                name, _LAG, f"keeps every record for {span(lag)}", {"lag_seconds": lag}
            )
    dirtiest = _dirtiest(facts)
    if dirtiest >= dirty_ratio:
        yield from _by_ratio(configs, compacted, dirty_ratio, dirtiest)


def _dirtiest(facts: Facts | None) -> float:
    """Return the largest part that was not cleaned, on brokers whose cleaner lives."""
    if facts is None:
        return 0.0
    dead = value_by_target(facts, _DEAD)
    ratios = value_by_target(facts, _DIRTY)
    return max((value for name, value in ratios.items() if not dead.get(name)), default=0.0)


def _by_ratio(
    configs: TopicConfigs, compacted: set[str], dirty_ratio: float, dirtiest: float
) -> Iterator[Finding]:
    for name, ratio in sorted(config_by_topic(configs, _RATIO).items()):
        if name in compacted and float(ratio) >= dirty_ratio:
            told = f"lets it be cleaned only when {float(ratio):.0%} of it is old"
            evidence = {"min_cleanable_ratio": float(ratio), "max_dirty_ratio": dirtiest}
            yield _by_setting(name, _RATIO, told, evidence)


def _by_setting(name: str, key: str, told: str, evidence: dict[str, float]) -> Finding:
    return Finding(
        "warning",
        topic(name),
        f"Compacted topic {name} is hardly compacted: {key} {told}.",
        _GROWS,
        evidence=evidence,
        actions=(
            Action(
                f"Set {key} of the topic to Kafka's default, wherever the present value is set.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config {setting}",
                "safe",
                {"topic": name, "setting": f"{key}={_DEFAULTS[key]}"},
            ),
        ),
        confidence="certain" if key == _LAG else "likely",
    )


def _by_transaction(row: Any) -> Finding:
    return Finding(
        "warning",
        partition(row.topic, row.partition),
        f"{row.topic}-{row.partition} cannot be compacted beyond offset "
        f"{row.last_stable_offset}, where a transaction is open for {span(row.open_seconds)}.",
        _GROWS,
        cause="The log cleaner stops at the last stable offset.",
        evidence={"last_stable_offset": row.last_stable_offset, "held_records": row.held_records},
        actions=(
            Action(
                f"End the transaction; {count(int(row.held_records), 'offset')} wait behind it.",
                "kafka-transactions.sh --bootstrap-server {bootstrap} find-hanging "
                "--topic {topic} --partition {partition}",
                values={"topic": row.topic, "partition": row.partition},
            ),
        ),
    )
