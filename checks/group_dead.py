"""Groups without a member, while records arrive for them.

A group whose members are all gone consumes nothing, and every dashboard that lists active groups
forgets it. Kafka keeps its offsets only for offsets.retention.minutes after that.

Reads: ListGroups and the describes (state, members), OffsetFetch and ListOffsets in two samples,
ListOffsets at past times, the generations of the past in __consumer_offsets (when the last member
left), DescribeConfigs of brokers (offsets.retention.minutes, 7 days by default, KIP-186).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LagVerdicts,
    OffsetsRetention,
    Said,
    check,
    count,
    group,
    lag_words,
    span,
)


@check(area="lag", explained_by=lag_words.ROOTS)
def group_dead(
    verdicts: LagVerdicts, retention: OffsetsRetention | None, *, min_lag_records: int = 10
) -> Said:
    """Groups with no member left and a backlog that grows.

    min_lag_records: a smaller backlog is not reported; transaction markers and clients that
    commit the last offset leave one or two for ever.
    """
    for row in lag_words.verdict_rows(verdicts, "group-dead", min_lag_records):
        left_at = None if row.emptied_at != row.emptied_at else row.emptied_at.to_pydatetime()
        yield Finding(
            "critical",
            group(row.group, row.topic),
            f"Group {row.group} has no member, and {count(row.lag_records, 'record')} of topic "
            f"{row.topic} wait for it; the oldest is {lag_words.oldest(row)}.",
            " ".join(
                ["Nothing reads the topic for this group.", *_deadlines(verdicts, row, retention)]
            ),
            cause=_cause(row, left_at),
            confidence=row.confidence,
            evidence={**lag_words.evidence(row), "state": row.state},
            actions=(
                Action(
                    f"Start the application of group {row.group} again, and look for why it ended.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    "--group {group}",
                    values={"group": row.group},
                ),
            ),
            since=left_at or lag_words.stands_since(verdicts, row),
            covers=frozenset([group(row.group, row.topic)]),
        )


def _cause(row: Any, left_at: datetime | None) -> str:
    if left_at is not None:
        return f"Its last member left at {left_at:%Y-%m-%d %H:%M:%S} UTC, and none came back."
    doubt = f" Not certain: {row.reason}." if row.reason else ""
    return f"All members left or died, and none came back.{doubt}"


def _deadlines(
    verdicts: LagVerdicts, row: Any, retention: OffsetsRetention | None
) -> Iterator[str]:
    """Yield what comes next: the end of retention, and that of its committed offsets."""
    if foretold := lag_words.impact(row):
        yield foretold
    idle = row.stands_seconds
    if row.emptied_at == row.emptied_at:
        idle = (verdicts.read_at - row.emptied_at).total_seconds()
    if retention is not None and idle == idle:
        yield f"Its committed offsets expire in {span(max(0.0, retention.seconds - idle))}."
