"""How each replication slot of a database stands: what it holds, whether that grows, who reads it.

A server keeps its WAL from the oldest slot on, without limit unless max_slot_wal_keep_size is set
(PostgreSQL, "Replication Slots"). Debezium names its slot `slot.name`, "debezium" by default, and a
connector is taken for the reader of a slot of that name in its database.
"""

from collections.abc import Mapping
from typing import Any

from kdiag.analysis.connector_runs import settings_by_connector
from kdiag.check import Earlier, derive
from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    PostgresServers,
    ReplicationSlots,
)
from kdiag.snapshot import Table

POSTGRES_CONNECTOR = "io.debezium.connector.postgresql.PostgresConnector"
DEFAULT_SLOT = "debezium"


class SlotStates(Table):
    """One row a replication slot, as ReplicationSlots.

    kept_per_second, behind_per_second: bytes, between two samples; NaN without an earlier one.
    was_active: in the earlier sample, None without one. connect_cluster, connector,
    connector_state: of the source (FAILED where its task is) that reads it, None where none is
    known; heartbeat: whether it sends heartbeats.
    is_reader_known: whether connectors were read. wal_bytes: files of the WAL.
    """

    noun = "replication slots"
    needs_rows = False
    columns = {
        **ReplicationSlots.columns,
        **dict.fromkeys(("kept_bytes", "behind_bytes", "safe_bytes", "wal_bytes"), "float"),
        "was_active": "object",
        "kept_per_second": "float",
        "behind_per_second": "float",
        "connect_cluster": "str",
        "connector": "str",
        "connector_state": "str",
        "heartbeat": "bool",
        "is_reader_known": "bool",
    }


@derive()
def slot_states(
    slots: ReplicationSlots,
    before: Earlier[ReplicationSlots] | None,
    servers: PostgresServers | None,
    connectors: Connectors | None,
    tasks: ConnectorTasks | None,
    configs: ConnectorConfigs | None,
) -> SlotStates:
    """Join slots with the sample before, with their servers and with the connectors."""
    old = {} if before is None else _by_slot(before)
    seconds = 0.0 if before is None else (slots.read_at - before.read_at).total_seconds()
    wal = {} if servers is None else {row["endpoint"]: row for row in _known(servers)}
    readers = _readers(connectors, tasks, configs)
    rows = []
    for row in _known(slots):
        then = old.get((row["endpoint"], row["slot"])) if seconds > 0 else None
        reader = readers.get((row["slot"], row["database"]), {})
        rows.append(
            {
                **row,
                **_rates(row, then, seconds),
                **reader,
                "is_reader_known": connectors is not None,
                "wal_bytes": wal.get(row["endpoint"], {}).get("wal_bytes"),
            }
        )
    return SlotStates.from_rows(rows, read_at=slots.read_at)


def _by_slot(slots: ReplicationSlots) -> dict[tuple[str, str], Any]:
    return {(row["endpoint"], row["slot"]): row for row in _known(slots)}


def _known(table: Table) -> list[dict[str, Any]]:
    """Return the rows, with None for what is not known."""
    import pandas

    return [
        {key: None if pandas.isna(value) else value for key, value in row.items()}
        for row in table.rows.to_dict("records")
    ]


def _rates(row: Any, then: Any, seconds: float) -> dict[str, Any]:
    if then is None:
        return {"was_active": None}

    def rate(name: str) -> float | None:
        one, other = row[name], then[name]
        return None if one is None or other is None else float(one - other) / seconds

    return {
        "was_active": bool(then["is_active"]),
        "kept_per_second": rate("kept_bytes"),
        "behind_per_second": rate("behind_bytes"),
    }


def slot_of(settings: Mapping[str, str | None]) -> str | None:
    """Return the replication slot that a connector of these settings reads, if it reads one."""
    if settings.get("connector.class") not in (POSTGRES_CONNECTOR, "PostgresConnector"):
        return None
    return settings.get("slot.name") or DEFAULT_SLOT


def _readers(
    connectors: Connectors | None, tasks: ConnectorTasks | None, configs: ConnectorConfigs | None
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return (slot, database) → the connector that says it reads it."""
    if connectors is None or configs is None:
        return {}
    states = {
        (row.connect_cluster, row.connector): row.state for row in connectors.rows.itertuples()
    }
    for row in () if tasks is None else tasks.rows.itertuples():
        if row.state == "FAILED":  # its only one; the connector stays RUNNING
            states[row.connect_cluster, row.connector] = "FAILED"
    found = {}
    for key, settings in settings_by_connector(configs).items():
        if (slot := slot_of(settings)) is not None:
            found[slot, settings.get("database.dbname") or ""] = {
                "connect_cluster": key[0],
                "connector": key[1],
                "connector_state": states.get(key),
                "heartbeat": (settings.get("heartbeat.interval.ms") or "0") != "0",
            }
    return found
