"""Backlogs that retention will delete before they are read.

At the present rates the log start reaches the committed offset before the group catches up: by age
(retention.ms) or by size (retention.bytes). Brokers delete whole segments, so it may happen later
than foretold, and not before. Groups that drain, or run at intervals, are left out.

Reads: OffsetFetch, ListOffsets now and at past times, the commits of the past in
__consumer_offsets, DescribeConfigs (retention.ms, retention.bytes, cleanup.policy),
DescribeLogDirs.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LagForecast,
    LagVerdicts,
    Said,
    check,
    group,
    lag_words,
    span,
)

_NOT_LOSING = ("caught-up", "waiting", "periodic", "abandoned-topic")


@check(
    area="lag",
    explained_by=(
        "slow-consumer",
        "partition-ceiling",
        "producer-burst",
        "hot-partition",
        "slow-member",
        "stuck-consumer",
        "poison-record",
        "group-dead",
        "static-zombie",
        "unowned-partition",
        "reader-blocked-by-transaction",
        "lag-growing",
        *lag_words.ROOTS,
    ),
)
def lag_overtakes_retention(
    verdicts: LagVerdicts,
    forecast: LagForecast,
    *,
    horizon_seconds: float = 86400,
    max_age_ratio: float = 0.8,
) -> Said:
    """Groups that lose unread records soon, unless something changes.

    horizon_seconds: a loss that is further away is not reported.
    max_age_ratio: part of retention.ms that the oldest unread record may be old.
    """
    lost = forecast.rows[forecast.rows["lost_in_seconds"] <= horizon_seconds]
    losing = lost.groupby(["group", "topic"])["partition"].apply(list).to_dict()
    rows = verdicts.rows[~verdicts.rows["verdict"].isin(_NOT_LOSING)]
    rows = rows[(rows["verdict"] != "moving") | ~rows["drain_seconds"].notna()]
    is_old = rows["oldest_unread_seconds"] > max_age_ratio * rows["retention_seconds"]
    for row in rows[(rows["lost_in_seconds"] <= horizon_seconds) | is_old].itertuples():
        partitions = losing.get((row.group, row.topic), [])
        yield Finding(
            "critical" if partitions else "warning",
            group(row.group, row.topic),
            f"Group {row.group} is about to lose unread records of topic {row.topic}: the oldest "
            f"is {lag_words.oldest(row)}{_of(row)}.",
            lag_words.impact(row) or "If it falls any further behind, they are deleted unread.",
            cause=f"The group does not catch up: {lag_words.rates(row)}.",
            confidence="likely",
            due=lag_words.due(row, "it falls further behind"),
            evidence={
                **lag_words.evidence(row),
                "losing_partitions": partitions,
                **({"retention_seconds": row.retention_seconds} if _has_retention(row) else {}),
            },
            actions=(_action(row),),
        )


def _has_retention(row: Any) -> bool:
    return bool(row.retention_seconds == row.retention_seconds)


def _of(row: Any) -> str:
    if _has_retention(row):
        return f", and the topic keeps records for {span(row.retention_seconds)}"
    return ", and the topic is kept within retention.bytes"


def _action(row: Any) -> Action:
    if not _has_retention(row):
        return Action(
            f"Let the group catch up, or raise retention.bytes of topic {row.topic} meanwhile.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --describe "
            "--entity-type topics --entity-name {topic}",
            values={"topic": row.topic},
        )
    milliseconds = round(2000 * row.retention_seconds)
    return Action(
        "Keep the records for twice as long, if the disks allow it, until the group caught up.",
        "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
        "topics --entity-name {topic} --add-config retention.ms={value}",
        "safe",
        {"topic": row.topic, "value": milliseconds},
    )
