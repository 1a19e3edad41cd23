"""Pipelines: what stands around the brokers, one table a service."""

from collections.abc import Callable

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.audit.blocks import Block, Cell, Chapter, table
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen
from kdiag.pipeline_sections import ConnectWorkers

_NOBODY = "This audit was told of nothing that stands around the brokers (--connect and its like)."


def pipelines(seen: Seen) -> Chapter:
    """Show workers and connectors."""
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
    rows += [
        (target.removeprefix("worker "), "", "", why.reason)
        for target, why in workers.errors.items()
    ]
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


_BLOCKS: tuple[Callable[[Seen], Block | None], ...] = (_workers, _connectors)
"""The tables, service by service."""
