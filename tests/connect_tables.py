"""Sections of Kafka Connect for tests, by what is told of connectors."""

from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    ConnectPlugins,
    ConnectWorkers,
)
from kdiag.sources.rest.connector_settings import settings_of
from tests.tables import NOW

URL = "http://10.1.0.1:8083"
OTHER = "http://10.1.0.2:8083"
_KEY = {"connect_cluster": URL, "worker": "10.1.0.1:8083"}


def connectors(*rows, **fields):
    """Return connectors: sinks that run with one task unless told otherwise."""
    usual = {"type": "sink", "state": "RUNNING", "task_count": 1, "differs_on": (), **_KEY}
    return Connectors.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def tasks(states, trace=None, root=None, **fields):
    """Return connector → states of its tasks as tasks; trace, root: of those that failed."""
    rows = [
        {
            **_KEY,
            "connector": name,
            "task": number,
            "state": state,
            "trace": trace if state == "FAILED" else None,
            "root": root if state == "FAILED" else None,
        }
        for name, each in states.items()
        for number, state in enumerate(each)
    ]
    return ConnectorTasks.from_rows(rows, read_at=NOW, **fields)


def configs(settings, **fields):
    """Return connector → key → value as settings, masked as they are read."""
    rows = [
        {"connect_cluster": URL, "connector": name, **setting}
        for name, each in settings.items()
        for setting in settings_of(each)
    ]
    return ConnectorConfigs.from_rows(rows, read_at=NOW, **fields)


def workers(*urls, cluster=URL, **fields):
    """Return workers of one Connect cluster."""
    rows = [{"url": url, "connect_cluster": cluster, "version": "4.4.0"} for url in urls]
    return ConnectWorkers.from_rows(rows, read_at=NOW, **fields)


def plugins(*rows, **fields):
    """Return (url, class, version) as plug-ins; sinks."""
    made = [
        {"url": url, "class_name": name, "type": "sink", "version": version}
        for url, name, version in rows
    ]
    return ConnectPlugins.from_rows(made, read_at=NOW, **fields)
