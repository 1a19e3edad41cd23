"""Connectors that are RUNNING while nothing moves through them although there is work.

The chain is database, slot, source, topics, sink; the first link that stands is named.

The producer of a source waits for ever for a topic that does not exist and that nobody makes, and
Debezium tries again for ever where its database cannot be reached (errors.max.retries is -1):
connector and task stay RUNNING, no topic gets a record, and the slot holds the WAL. A source with
quiet tables is healthy: it reads its slot. A sink whose target hangs is RUNNING, too, and its group
does not move; one between two files is healthy, and one that closes files by size only is told by
sink-never-flushes.

Reads: pg_replication_slots and ListOffsets in two samples, GET /connectors of a worker with what it
expands (info, status), and what is read for the lag of groups.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kdiag.api import (
    Action,
    Chains,
    ConnectorRuns,
    Finding,
    LagVerdicts,
    NotApplicable,
    ReplicationSlots,
    Said,
    Subject,
    check,
    connector_of,
    connector_url,
    count,
    group,
    lag_words,
    lines_of,
    listed,
    size,
)

_MUCH_BYTES = 64 << 20  # from which a slot that nobody reads is a finding of its own
_ROOTS = tuple(id_ for id_ in lag_words.ROOTS if id_ != "connector-idle")


@check(area="pipelines", any_of=(ReplicationSlots, LagVerdicts), explained_by=_ROOTS)
def connector_idle(
    chains: Chains,
    runs: ConnectorRuns,
    slots: ReplicationSlots | None,
    verdicts: LagVerdicts | None,
    *,
    min_lag_records: int = 10,
) -> Said:
    """Connectors that are RUNNING, and whose database, slot or topics wait for them.

    min_lag_records: a sink with a smaller backlog is not reported.
    """
    read = [row for row in chains.rows.itertuples() if row.slot is not None]
    sinks = {row.group: row for row in runs.rows.itertuples() if row.group}
    if not (read and slots is not None) and not (sinks and verdicts is not None):
        yield NotApplicable(
            f"of {count(len(runs), 'connector')} none is a sink whose group was read, or has a "
            "slot of these databases"
        )
    for row in read:
        if row.state == "RUNNING" and row.stands_at in ("database", "source"):
            yield _source(row, connector_of(runs, row.connect_cluster, row.connector))
    yield from _sinks(runs, sinks, chains, verdicts, min_lag_records)


def _source(row: Any, subject: Subject) -> Finding:
    if row.stands_at == "database":
        return _without_database(row, subject)
    waits = " It may still take its first snapshot: Debezium is in the database."
    is_known = row.kept_bytes == row.kept_bytes
    much = is_known and row.kept_bytes >= _MUCH_BYTES
    return Finding(
        "info" if row.is_visited else "critical" if much else "warning",
        subject,
        f"Connector {row.connector} is RUNNING, but nobody reads its replication slot {row.slot} "
        f"of {row.endpoint}.",
        "Its topics get no changes, and sinks behind them have nothing to write; "
        f"{size(row.kept_bytes) if is_known else 'no'} of WAL wait in the slot.",
        cause="It stands between slot and topic: it cannot write (a topic that does not exist and "
        "that nobody makes), or it cannot reach the database, and tries again for ever."
        f"{waits * row.is_visited} Chain: {row.line}.",
        evidence={
            "stands_at": "source",
            "slot": row.slot,
            "endpoint": row.endpoint,
            "kept_bytes": int(row.kept_bytes) if is_known else None,
            "connector_state": row.state,
        },
        actions=(
            Action(
                "Read the log of its worker: UNKNOWN_TOPIC_OR_PARTITION names a topic to make (or "
                "set topic.creation.default.partitions and .replication.factor), and refused "
                "connections name the database."
            ),
            Action(
                "Mend that, and restart its task; the database tells who reads.",
                "psql {endpoint} -c 'TABLE pg_replication_slots'",
                values={"endpoint": row.endpoint},
            ),
        ),
        covers=frozenset() if row.is_visited else frozenset([subject]),
        confidence="possible" if row.is_visited else "likely",
    )


def _without_database(row: Any, subject: Subject) -> Finding:
    return Finding(
        "warning",
        subject,
        f"Connector {row.connector} is RUNNING, but its database {row.endpoint} does not answer.",
        "Its topics get no changes, and sinks behind them have nothing to write, until the "
        "database is back; Debezium tries again meanwhile, and then goes on from its slot.",
        cause=f"{row.unreachable}, asked from here. Chain: {row.line}.",
        evidence={
            "stands_at": "database",
            "slot": row.slot,
            "endpoint": row.endpoint,
            "reason": row.unreachable,
            "moved_records": None if row.moved_records != row.moved_records else row.moved_records,
            "connector_state": row.state,
        },
        actions=(
            Action(
                "See whether the database runs, and whether the worker reaches it.",
                "psql {endpoint} -c 'TABLE pg_replication_slots'",
                values={"endpoint": row.endpoint},
            ),
        ),
        confidence="possible" if row.moved_records > 0 else "likely",
    )


def _sinks(
    runs: ConnectorRuns,
    sinks: Mapping[str, Any],
    chains: Chains,
    verdicts: LagVerdicts | None,
    min_lag_records: int,
) -> Iterator[Finding]:
    """Yield the sinks that run while their group does not move, once each."""
    if verdicts is None:
        return
    by_group: dict[str, list[Any]] = {}
    for row in lag_words.verdict_rows(verdicts, "stuck-consumer", min_lag_records):
        by_group.setdefault(row.group, []).append(row)
    for name, stuck in by_group.items():
        run = sinks.get(name)
        if run is not None and run.state == "RUNNING" and run.running:
            lines = lines_of(chains, run.connect_cluster, run.connector)
            yield _sink(run, connector_of(runs, run.connect_cluster, run.connector), stuck, lines)


def _sink(run: Any, subject: Subject, stuck: list[Any], lines: Sequence[str]) -> Finding:
    lag = sum(int(row.lag_records) for row in stuck)
    is_sure = any(row.confidence != "possible" for row in stuck)
    chain = "".join(f" Chain: {line}." for line in lines)
    return Finding(
        "critical" if is_sure else "warning",
        subject,
        f"Sink {run.connector} is RUNNING, but its group {run.group} does not move on "
        f"{count(lag, 'record')} of {listed([row.topic for row in stuck])}; the oldest is "
        f"{lag_words.oldest(stuck[0])}.",
        "Nothing is written there any more; retention deletes what is not read in time.",
        cause=f"Its task hangs in a write: the target does not answer, or is slow.{chain}",
        evidence={
            "stands_at": "sink",
            "group": run.group,
            "lag_records": lag,
            "topics": sorted(row.topic for row in stuck),
            "running_tasks": run.running,
        },
        actions=(
            Action(
                "Read the log of its worker, and take a thread dump of it: the task stands in the "
                "call that hangs.",
                "curl -s {url}",
                values={"url": connector_url(run.connect_cluster, run.connector, "/status")},
            ),
            Action(
                "Once the target answers, restart the task; it goes on from its committed offsets.",
                effect="disruptive",
            ),
        ),
        covers=frozenset([group(run.group)]),
        because_of=frozenset(group(run.group, row.topic) for row in stuck),
        confidence="likely" if is_sure else "possible",
    )
