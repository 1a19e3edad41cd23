"""Pipelines: what stands around the brokers, one table a service."""

from collections.abc import Callable
from typing import Any

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.analysis.slot_states import SlotStates
from kdiag.audit.blocks import Block, Cell, Chapter, table
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen
from kdiag.pipeline_sections import ConnectWorkers, KsqlQueries, KsqlServers, PostgresServers

_NOBODY = "This audit was told of nothing that stands around the brokers (--connect and its like)."


def pipelines(seen: Seen) -> Chapter:
    """Show workers, connectors, servers and queries of ksqlDB, databases and their slots."""
    items = seen.of_areas("pipelines")
    made = [block(seen) for block in _BLOCKS]
    blocks = tuple(block for block in made if block is not None)
    unseen = seen.taken_unseen()
    nobody = () if blocks or unseen or items else (_NOBODY,)
    return Chapter(
        "pipelines",
        "Pipelines",
        observations=blocks,
        conclusions=(*nobody, *conclusions(items)),
        recommendations=advices(items),
        unseen=unseen,
    )


def _workers(seen: Seen) -> Block | None:
    workers = seen.held(ConnectWorkers)
    if workers is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (row.url, row.connect_cluster, row.version or "not told", "answers")
        for row in workers.rows.itertuples()
    ]
    rows += [(url, "", "", why.reason) for url, why in workers.unread("worker").items()]
    return table(
        "Workers of Kafka Connect",
        {"Worker": "code", "Cluster": "code", "Version": "text", "State": "text"},
        rows,
    )


def _connectors(seen: Seen) -> Block | None:
    runs = seen.held(ConnectorRuns)
    if runs is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            row.connector,
            row.type or "unknown",
            row.class_name or "not kept",
            row.state or "not told",
            int(row.task_count),
            len(row.failed),
            row.root or row.trace or "",
        )
        for row in runs.rows.sort_values("connector").itertuples()
    ]
    return table(
        "Connectors",
        {
            "Connector": "code",
            "Type": "text",
            "Class": "code",
            "State": "text",
            "Tasks": "count",
            "Failed": "count",
            "Failed with": "text",
        },
        rows,
    )


def _ksqldb(seen: Seen) -> Block | None:
    servers = seen.held(KsqlServers)
    if servers is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (row.url, row.service_id, row.version or "not told", _health(row))
        for row in servers.rows.itertuples()
    ]
    rows += [(url, "", "", why.reason) for url, why in servers.unread("endpoint").items()]
    return table(
        "Servers of ksqlDB",
        {"Server": "code", "Cluster": "code", "Version": "text", "State": "text"},
        rows,
    )


def _health(row: Any) -> str:
    """Return what a server says of itself."""
    ill = [f"{row.unhealthy} ill"] if row.unhealthy else []
    runner = [f"runs statements: {row.status}"] if row.status not in (None, "RUNNING") else []
    return ", ".join([*ill, *runner]) or "answers"


def _queries(seen: Seen) -> Block | None:
    queries = seen.held(KsqlQueries)
    if queries is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            row.query,
            row.service_id,
            row.state or "not told",
            ", ".join(sorted(row.sink_topics)),
            row.group,
            row.root or row.error or "",
        )
        for row in queries.rows.sort_values(["service_id", "query"]).itertuples()
    ]
    return table(
        "Queries of ksqlDB",
        {
            "Query": "code",
            "Cluster": "code",
            "State": "text",
            "Writes": "code",
            "Group": "code",
            "Failed with": "text",
        },
        rows,
    )


def _databases(seen: Seen) -> Block | None:
    servers = seen.held(PostgresServers)
    if servers is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (row.endpoint, row.version, _bytes(row.wal_bytes), _bytes(row.max_kept_bytes), "answers")
        for row in servers.rows.itertuples()
    ]
    known = set(servers.rows["endpoint"])
    rows += [
        (endpoint, "", None, None, why.reason)
        for endpoint, why in servers.unread("endpoint").items()
        if endpoint not in known
    ]
    return table(
        "Databases",
        {
            "Database": "code",
            "Version": "text",
            "WAL": "bytes",
            "Slots may keep": "bytes",
            "State": "text",
        },
        rows,
    )


def _slots(seen: Seen) -> Block | None:
    slots = seen.held(SlotStates)
    if slots is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            row.slot,
            row.endpoint,
            "yes" if row.is_active else "no",
            _bytes(row.kept_bytes),
            _bytes(row.behind_bytes),
            row.invalidation or row.wal_status or "not told",
            row.connector or "",
        )
        for row in slots.rows.sort_values(["endpoint", "slot"]).itertuples()
    ]
    return table(
        "Replication slots",
        {
            "Slot": "code",
            "Database": "code",
            "Read": "text",
            "Kept WAL": "bytes",
            "Not confirmed": "bytes",
            "State": "text",
            "Connector": "code",
        },
        rows,
    )


def _bytes(value: Any) -> int | None:
    import pandas

    return None if pandas.isna(value) else int(value)


_BLOCKS: tuple[Callable[[Seen], Block | None], ...] = (
    _workers,
    _connectors,
    _ksqldb,
    _queries,
    _databases,
    _slots,
)
"""The tables, service by service."""
