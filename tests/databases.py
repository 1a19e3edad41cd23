"""Sections of databases and connectors, as checks get them."""

from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    PostgresServers,
    ReplicationSlots,
)
from tests.tables import NOW

ENDPOINT = "postgresql://db.example:5432/shop"
CLUSTER = "http://worker1:8083"
DEBEZIUM = "io.debezium.connector.postgresql.PostgresConnector"


def slots(*rows, at=NOW, **fields):
    """Replication slots; a logical one that is read unless told otherwise."""
    usual = {
        "endpoint": ENDPOINT,
        "slot": "debezium",
        "type": "logical",
        "plugin": "pgoutput",
        "database": "shop",
        "is_active": True,
        "kept_bytes": 1000,
        "behind_bytes": 100,
        "wal_status": "reserved",
    }
    return ReplicationSlots.from_rows([{**usual, **row} for row in rows], read_at=at, **fields)


def servers(errors=None, **more):
    """One server, which tells its files."""
    row = {"endpoint": ENDPOINT, "database": "shop", "version": "15.18", "wal_level": "logical"}
    return PostgresServers.from_rows([{**row, **more}], read_at=NOW, errors=errors or {})


def connectors(*rows, **fields):
    """Connectors; RUNNING sources with one task unless told otherwise."""
    usual = {
        "connect_cluster": CLUSTER,
        "type": "source",
        "state": "RUNNING",
        "worker": "worker1:8083",
        "task_count": 1,
        "differs_on": (),
    }
    return Connectors.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def tasks(*rows):
    """Tasks of connectors: name and state of the only one each."""
    return ConnectorTasks.from_rows(
        [
            {"connect_cluster": CLUSTER, "connector": name, "task": 0, "state": state}
            for name, state in rows
        ],
        read_at=NOW,
    )


def settings(by_connector, **fields):
    """Settings of connectors: connector → key → value."""
    return ConnectorConfigs.from_rows(
        [
            {"connect_cluster": CLUSTER, "connector": name, "key": key, "value": value}
            for name, config in by_connector.items()
            for key, value in config.items()
        ],
        read_at=NOW,
        **fields,
    )
