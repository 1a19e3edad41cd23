"""How each connector stands: its tasks by state, what they failed with, and its consumer group.

Connect does not restart tasks that failed (Kafka, connect/runtime AbstractStatus; user guide), and
a connector whose tasks all failed is RUNNING nevertheless: tasks are what counts.
"""

from typing import Any
from urllib.parse import quote

from kdiag.check import derive
from kdiag.finding import Subject, connector
from kdiag.pipeline_sections import ConnectorConfigs, Connectors, ConnectorTasks
from kdiag.snapshot import Table

SINK_GROUP = "connect-"
"""Before the name of a sink, its consumer group; `consumer.override.group.id` gives another."""


class ConnectorRuns(Table):
    """One row a connector, as Connectors.

    class_name: as configured. running, failed, unassigned: tuples of task numbers. trace, root:
    first line and last cause of what the connector, or else its first failed task, failed with.
    group: consumer group of a sink.
    """

    noun = "connectors"
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "type": "str",
        "class_name": "str",
        "state": "str",
        "worker": "str",
        "task_count": "int",
        "running": "object",
        "failed": "object",
        "unassigned": "object",
        "trace": "str",
        "root": "str",
        "group": "str",
    }


@derive()
def connector_runs(
    connectors: Connectors, tasks: ConnectorTasks, configs: ConnectorConfigs
) -> ConnectorRuns:
    """Join the connectors with their tasks and with what their settings say of them."""
    by_connector: dict[tuple[str, str], list[Any]] = {}
    for task in tasks.rows.itertuples():
        by_connector.setdefault((task.connect_cluster, task.connector), []).append(task)
    settings = settings_by_connector(configs)
    rows = []
    for row in connectors.rows.itertuples():
        key = (row.connect_cluster, row.connector)
        rows.append(_run(row, by_connector.get(key, []), settings.get(key, {})))
    return ConnectorRuns.from_rows(rows, read_at=connectors.read_at)


def _run(row: Any, tasks: list[Any], settings: dict[str, str | None]) -> dict[str, Any]:
    def numbers(*states: str) -> tuple[int, ...]:
        return tuple(int(task.task) for task in tasks if task.state in states)

    failed = [task for task in tasks if task.state == "FAILED"]
    own = settings.get("consumer.override.group.id")
    return {
        "connect_cluster": row.connect_cluster,
        "connector": row.connector,
        "type": row.type,
        "class_name": settings.get("connector.class"),
        "state": row.state,
        "worker": row.worker,
        "task_count": row.task_count,
        "running": numbers("RUNNING"),
        "failed": numbers("FAILED"),
        "unassigned": numbers("UNASSIGNED"),
        "trace": row.trace or next((task.trace for task in failed if task.trace), None),
        "root": next((task.root for task in failed if task.root), None),
        "group": (own or f"{SINK_GROUP}{row.connector}") if row.type == "sink" else None,
    }


def connector_of(known: Connectors | ConnectorRuns, connect_cluster: str, name: str) -> Subject:
    """Return the subject of a connector, with its cluster where another has one of the name.

    known: all connectors.
    """
    clusters = set(known.rows.loc[known.rows["connector"] == name, "connect_cluster"])
    return connector(name, connect_cluster=connect_cluster if len(clusters) > 1 else None)


def connector_url(connect_cluster: str, connector: str, path: str) -> str:
    """Return where a worker is asked about a connector."""
    return f"{connect_cluster.rstrip('/')}/connectors/{quote(connector, safe='')}{path}"


def settings_by_connector(
    configs: ConnectorConfigs,
) -> dict[tuple[str, str], dict[str, str | None]]:
    """Return (Connect cluster, connector) → key → value, None where it is not held."""
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in configs.rows.itertuples():
        found.setdefault((row.connect_cluster, row.connector), {})[row.key] = row.value
    return found
