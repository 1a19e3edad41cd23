"""What each column of text of the pipelines' sections holds; as `kdiag.redaction.columns`."""

from collections.abc import Mapping

from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    ConnectPlugins,
    ConnectWorkers,
    KsqlQueries,
    KsqlServers,
    PostgresServers,
    Publications,
    ReplicationSlots,
    SchemaIds,
    SchemaPairs,
    SchemaRegistries,
    SchemaSubjects,
    SubjectLevels,
)
from kdiag.snapshot import Table

PLAIN = "plain"

_CONNECT = {"connect_cluster": "url"}
_DATABASE = {"endpoint": "url", "database": "plugin"}
_RUNS = {
    **_CONNECT,
    "connector": "connector",
    "state": PLAIN,
    "worker": "url",
    "version": PLAIN,
    "trace": "text",
}

PIPELINE_COLUMNS: Mapping[type[Table], Mapping[str, str]] = {
    ConnectWorkers: {**_CONNECT, "url": "url", "version": PLAIN},
    Connectors: {**_RUNS, "type": PLAIN, "differs_on": "urls"},
    ConnectorTasks: {**_RUNS, "root": "text"},
    ConnectorConfigs: {
        **_CONNECT,
        "connector": "connector",
        "key": "connector_key",
        "value": "connector_setting",
        "reference": "withheld",
    },
    PostgresServers: {**_DATABASE, "version": PLAIN, "wal_level": PLAIN},
    ReplicationSlots: {
        **_DATABASE,
        "slot": "plugin",
        "type": PLAIN,
        "plugin": "plugin",
        "wal_status": PLAIN,
        "invalidation": PLAIN,
    },
    Publications: {**_DATABASE, "publication": "plugin"},
    ConnectPlugins: {"url": "url", "class_name": "plugin", "type": PLAIN, "version": PLAIN},
    SchemaRegistries: {"url": "url", "compatibility": PLAIN, "mode": PLAIN},
    SchemaSubjects: {"url": "url", "schema_subject": "schema_subject"},
    SubjectLevels: {"url": "url", "schema_subject": "schema_subject", "compatibility": PLAIN},
    SchemaPairs: {
        "url": "url",
        "schema_subject": "schema_subject",
        "schema_type": PLAIN,
        "backward": "reasons",
        "forward": "reasons",
    },
    SchemaIds: {"url": "url"},
    KsqlServers: {
        "url": "url",
        "service_id": "plugin",
        "version": PLAIN,
        "status": PLAIN,
        "unhealthy": PLAIN,
        "warning": "text",
        "dead_hosts": "urls",
    },
    KsqlQueries: {
        "url": "url",
        "service_id": "plugin",
        "query": "plugin",
        "state": PLAIN,
        "sink_topics": "topics",
        "group": "group",
        "error_type": PLAIN,
        "error_hosts": "urls",
        "unresponsive_hosts": "urls",
        "error": "text",
        "root": "text",
    },
}
"""Table → column → what it holds."""
