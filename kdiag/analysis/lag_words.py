"""What the checks of the lag triage have in common to say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from kdiag.analysis.group_words import known
from kdiag.analysis.lag import ages_of
from kdiag.analysis.triage import LagVerdicts
from kdiag.finding import Action, Finding, Severity, group
from kdiag.sections import Members
from kdiag.wording import aged, count, listed, span

ROOTS = (
    "brokers-lost-together",
    "broker-down",
    "offline-partition",
    "connector-failed",
    "connector-idle",
    "sink-never-flushes",
    "ksqldb-query-error",
    "coordinator-unavailable",
    "rebalance-stuck",
    "poll-eviction-storm",
    "session-loss-storm",
    "crash-looping-member",
    "rebalance-storm",
    "throttled-client",
    "duplicate-static-id",
    "member-not-revoking",
    "reader-blocked-by-transaction",
)
"""What may explain that a group is behind: checks of what it depends on, and of its members."""

ACT_WITHIN_SECONDS = 86400
"""A loss within a day is critical: it may happen before anybody else looks."""


def verdict_rows(verdicts: LagVerdicts, word: str, min_lag_records: int) -> Iterator[Any]:
    """Yield the groups and topics with a verdict and at least so much lag, the longest first."""
    rows = verdicts.rows
    found = rows[(rows["verdict"] == word) & (rows["lag_records"] >= min_lag_records)]
    yield from found.sort_values("lag_records", ascending=False).itertuples()


def finding(
    row: Any,
    usual: Severity,
    symptom: str,
    cause: str,
    actions: tuple[Action, ...],
    *,
    since: datetime | None = None,
    meanwhile: str = "Consumers see older and older data.",
    **more: Any,
) -> Finding:
    """Return the finding of a verdict on a group and topic; it explains what follows from it.

    meanwhile: the impact, before what is foretold. more: evidence besides the numbers that every
    verdict has.
    """
    subject = group(row.group, row.topic)
    return Finding(
        severity(row, usual),
        subject,
        symptom,
        f"{meanwhile} {impact(row)}".rstrip(),
        cause=f"{cause} Not certain: {row.reason}." if row.reason else cause,
        evidence={**evidence(row), **more},
        actions=actions,
        confidence=row.confidence,
        since=since,
        covers=frozenset([subject]),
    )


def stands_since(verdicts: LagVerdicts, row: Any) -> datetime | None:
    """Return since when no offset of the culprits has moved, None where that is not known."""
    if row.stands_seconds != row.stands_seconds:
        return None
    return verdicts.read_at - timedelta(seconds=row.stands_seconds)


def culprits(members: Members, row: Any) -> str:
    """Return the members that a verdict names: instance or client id, and host of each."""
    rows = members.rows[members.rows["group"] == row.group]
    rows = rows[rows["member_id"].isin(row.culprit_members)]
    return listed(
        f"{member.instance_id or member.client_id or member.member_id} on "
        f"{(member.client_host or 'a host that is not told').lstrip('/')}"
        for member in rows.itertuples()
    )


def behind(row: Any) -> str:
    """Return how far behind a group is on a topic, as the begin of a sentence."""
    return (
        f"Group {row.group} is {count(row.lag_records, 'record')} behind on topic {row.topic}; the "
        f"oldest unread record is {oldest(row)}"
    )


def oldest(row: Any) -> str:
    """Return the age of the oldest unread record as an interval."""
    return aged(row.oldest_unread_seconds, row.oldest_unread_upper_seconds)


def rates(row: Any) -> str:
    """Return what is written and read, and over which window, as a clause."""
    return (
        f"producers write {row.produced_per_second:,.0f} records a second, the group reads "
        f"{row.consumed_per_second:,.0f} (over {span(row.over_seconds)})"
    )


def severity(row: Any, usual: Severity) -> Severity:
    """Return critical where retention deletes unread records within ACT_WITHIN_SECONDS."""
    return "critical" if row.lost_in_seconds <= ACT_WITHIN_SECONDS else usual


def impact(row: Any) -> str:
    """Return what comes next: the loss of unread records; nothing where it is not foreseen."""
    if row.lost_in_seconds == 0:
        return "Retention may delete unread records at any moment."
    if row.lost_in_seconds == row.lost_in_seconds:
        return f"At these rates retention deletes unread records in {span(row.lost_in_seconds)}."
    return ""


def due(row: Any, event: str) -> float | str:
    """Return the seconds until unread records are lost, or the event that it takes."""
    return float(row.lost_in_seconds) if row.lost_in_seconds == row.lost_in_seconds else event


def evidence(row: Any) -> dict[str, Any]:
    """Return the numbers behind a verdict, with units in the keys; what is not known is absent."""
    found = {
        "lag_records": int(row.lag_records),
        "lag_then_records": int(row.lag_then_records),
        "over_seconds": row.over_seconds,
        "rates_from": row.rates_from,
        "produced_records_per_second": row.produced_per_second,
        "consumed_records_per_second": row.consumed_per_second,
        "baseline_records_per_second": row.baseline_per_second,
        **ages_of(row),
        "stands_seconds": row.stands_seconds,
        "lost_in_seconds": row.lost_in_seconds,
        "members": int(row.members),
        "partitions": int(row.partitions),
        "partitions_behind": int(row.partitions_behind),
    }
    return known(found)
