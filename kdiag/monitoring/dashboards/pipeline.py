"""Pipelines around one cluster: workers, connectors, sinks, slots, schemas, and ksqlDB."""

from kdiag.monitoring.dashboards.panel import (
    ANY,
    BAD,
    JOB,
    KAFKA_CLUSTER,
    NO_YES,
    PIPELINE_UID,
    SOME,
    WARN,
    Board,
    Panel,
    Query,
    stat,
)
from kdiag.monitoring.limits import SINK_SECONDS, SLOT_BEHIND_BYTES, SLOT_UNREAD_BYTES

_CONNECTOR, _SLOT = "by (connect_cluster, connector)", "by (endpoint, slot)"
_WORKERS = "max by (worker) (kdiag_connect_worker_up{$S})"
_COMMIT = "kdiag_connect_sink_last_commit_timestamp_seconds{$S}"
_NO_CONNECT, _NO_POSTGRES = "not asked: --connect", "not asked: --postgres"
_NO_REGISTRY, _NO_KSQLDB = "not asked: --schema-registry", "not asked: --ksqldb"
_SUBJECTS = "kdiag_schema_registry_subjects_by_compatibility{$S}"


def _tasks(state: str) -> str:
    return f'max {_CONNECTOR} (kdiag_connect_connector_tasks{{$S, state="{state}"}})'


def _slots(what: str) -> str:
    return f"max {_SLOT} (kdiag_postgres_slot_{what}{{$S}})"


_LAG = f"kdiag_consumergroup_max_lag_seconds{{$S}} and on (kafka_cluster, consumergroup) {_COMMIT}"

_FIRST = (
    stat("Workers", "Workers of Kafka Connect that answer.", f"sum({_WORKERS})", empty=_NO_CONNECT),
    stat(
        "Workers down",
        "Workers that do not tell their connectors.",
        f"sum({_WORKERS} == bool 0)",
        steps=SOME,
        empty=_NO_CONNECT,
    ),
    stat(
        "Connectors",
        "Sources and sinks, whatever their state.",
        f"count(count {_CONNECTOR} (kdiag_connect_connector_state{{$S}}))",
        empty=_NO_CONNECT,
    ),
    stat(
        "Failed tasks",
        "Nobody starts them again. kdiag doctor --only connector-failed",
        f"sum({_tasks('FAILED')})",
        steps=ANY,
        empty=_NO_CONNECT,
    ),
    stat(
        "Worst lag of a sink",
        "Age of the oldest record that the group of a sink has not committed.",
        f"max({_LAG})",
        unit="s",
        steps=((SINK_SECONDS, WARN),),
        empty="not known",
    ),
    stat(
        "Unread slots",
        "Replication slots that nobody reads. kdiag doctor --only replication-slot-growth",
        f"sum({_slots('active')} == bool 0)",
        steps=SOME,
        empty=_NO_POSTGRES,
    ),
    stat(
        "Lost slots",
        "Replication slots that the server has given up.",
        f"sum({_slots('lost')})",
        steps=ANY,
        empty=_NO_POSTGRES,
    ),
    stat(
        "Databases down",
        "Databases that do not tell their replication slots.",
        "sum(max by (endpoint) (kdiag_postgres_up{$S}) == bool 0)",
        steps=SOME,
        empty=_NO_POSTGRES,
    ),
)

_CONNECTORS = (
    Panel(
        "table",
        "Connectors",
        "Tasks by state, and how long ago the group of a sink committed. A sink without records "
        "to write commits nothing. kdiag doctor --only connector-failed",
        (
            Query(_tasks("RUNNING"), "Running"),
            Query(_tasks("FAILED"), "Failed", steps=ANY),
            Query(_tasks("PAUSED"), "Paused"),
            Query(f"time() - max {_CONNECTOR} ({_COMMIT})", "Since last commit", "s"),
        ),
        width=24,
        labels=("connect_cluster", "connector"),
        sort="Failed",
        empty=_NO_CONNECT,
    ),
    Panel(
        "timeseries",
        "Tasks by state",
        "Of all connectors.",
        (
            Query(
                "sum by (state) (max by (connect_cluster, connector, state) "
                "(kdiag_connect_connector_tasks{$S}))",
                "{{state}}",
            ),
        ),
        empty=_NO_CONNECT,
    ),
    Panel(
        "timeseries",
        "Lag of sinks",
        "Age of the oldest record that the group of a sink has not committed: the ten worst. One "
        "that commits when it closes a file goes up and down like a saw.",
        (Query(f"topk(10, max by (consumergroup) ({_LAG}))", "{{consumergroup}}"),),
        unit="s",
        steps=((SINK_SECONDS, WARN),),
        empty="not known",
    ),
)

_DATABASES = (
    Panel(
        "table",
        "Replication slots",
        "Who is not read keeps WAL until the disk is full. kdiag doctor --only "
        "replication-slot-growth",
        (
            Query(_slots("active"), "Read", words=NO_YES),
            Query(_slots("kept_bytes"), "Kept WAL", "bytes"),
            Query(
                _slots("behind_bytes"), "Not confirmed", "bytes", steps=((SLOT_BEHIND_BYTES, BAD),)
            ),
        ),
        width=24,
        labels=("endpoint", "slot"),
        sort="Kept WAL",
        empty=_NO_POSTGRES,
    ),
    Panel(
        "timeseries",
        "Kept WAL",
        "What the server keeps for each slot, from where its reader may begin again.",
        (Query(_slots("kept_bytes"), "{{slot}}"),),
        unit="bytes",
        steps=((SLOT_UNREAD_BYTES, WARN),),
        empty=_NO_POSTGRES,
    ),
    Panel(
        "timeseries",
        "Not confirmed",
        "WAL that the reader of each slot has not confirmed.",
        (Query(_slots("behind_bytes"), "{{slot}}"),),
        unit="bytes",
        steps=((SLOT_BEHIND_BYTES, BAD),),
        empty=_NO_POSTGRES,
    ),
)

_SCHEMAS = (
    stat(
        "Registries down",
        "Schema registries that do not answer. kdiag doctor --only registry-down",
        "sum(max by (registry) (kdiag_schema_registry_up{$S}) == bool 0)",
        steps=SOME,
        empty=_NO_REGISTRY,
    ),
    stat(
        "Subjects without compatibility",
        "Subjects whose level is NONE: any version is taken. kdiag doctor --only "
        "schema-compatibility-none",
        "sum(max by (registry) (kdiag_schema_registry_subjects_by_compatibility"
        '{$S, compatibility="NONE"}))',
        steps=SOME,
        empty="none, or not asked",
    ),
    stat(
        "Queries in ERROR",
        "Persistent queries of ksqlDB. kdiag doctor --only ksqldb-query-error",
        'sum(max by (service_id, query) (kdiag_ksqldb_query_state{$S, state="ERROR"}))',
        steps=ANY,
        empty=_NO_KSQLDB,
    ),
    Panel(
        "timeseries",
        "Subjects by compatibility",
        "The level that counts for each subject, as of the last diagnosis.",
        (Query(f"sum by (compatibility) ({_SUBJECTS})", "{{compatibility}}"),),
        empty=_NO_REGISTRY,
    ),
    Panel(
        "timeseries",
        "Queries by state",
        "Persistent queries of ksqlDB, each in the worst state of its servers.",
        (
            Query(
                "sum by (state) (max by (service_id, query, state) (kdiag_ksqldb_query_state{$S}))",
                "{{state}}",
            ),
        ),
        empty=_NO_KSQLDB,
    ),
)

PIPELINE = Board(
    uid=PIPELINE_UID,
    title="Kafka pipelines",
    description="What stands around one cluster: connectors, databases, schemas and ksqlDB.",
    variables=(JOB, KAFKA_CLUSTER),
    rows={
        "Is anything broken?": _FIRST,
        "Connectors": _CONNECTORS,
        "Databases": _DATABASES,
        "Schemas and ksqlDB": _SCHEMAS,
    },
)
"""Where does it stand?"""
