"""A small cluster as an exporter sees it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.exporter.shown import Shown
from kdiag.finding import Report
from kdiag.snapshot import Missing, Section, Snapshot
from tests.connect_tables import OTHER, URL, configs, connectors, tasks, workers
from tests.databases import servers, slots
from tests.ksqldb_tables import OTHER as SECOND_KSQLDB
from tests.ksqldb_tables import ksql_queries, ksql_servers
from tests.registry_tables import OTHER as SECOND_REGISTRY
from tests.registry_tables import URL as REGISTRY
from tests.registry_tables import registries
from tests.tables import (
    NOW,
    brokers,
    cluster,
    commits,
    groups,
    log_dirs,
    members,
    offsets,
    partition_row,
    partitions,
    quorum,
    reassignments,
    replicas,
    topic_configs,
    topics,
)


def connect() -> list[Section]:
    """A sink with a failed task, on the one of two workers that answers."""
    dead = {f"worker {OTHER}": Missing("Kafka Connect cannot be reached")}
    return [
        workers(URL, errors=dead),
        connectors({"connector": "s3", "task_count": 2}, errors=dead),
        tasks({"s3": ["RUNNING", "FAILED"]}, "java.lang.Error", errors=dead),
        configs({"s3": {"connector.class": "io.confluent.S3"}}, errors=dead),
    ]


def databases() -> list[Section]:
    """A database with a slot that is read and one that nobody reads; another does not answer."""
    dead = {"endpoint postgresql://db2.example:5432/shop": Missing("timed out after 5 s")}
    return [
        servers(wal_bytes=5000, errors=dead),
        slots(
            {},
            {"slot": "left", "is_active": False, "kept_bytes": 1 << 20, "wal_status": "extended"},
            {"slot": "copying", "is_temporary": True},
            errors=dead,
        ),
    ]


def schemas() -> list[Section]:
    """A registry that answers, and one that does not."""
    dead = {f"endpoint {SECOND_REGISTRY}": Missing("Schema Registry cannot be reached")}
    return [registries({REGISTRY: "BACKWARD"}, errors=dead)]


def queries() -> list[Section]:
    """A server of ksqlDB with a query that runs and one that failed; another does not answer."""
    dead = {f"endpoint {SECOND_KSQLDB}": Missing("ksqlDB cannot be reached")}
    failed = {"query": "CSAS_PAID_9", "state": "ERROR"}
    return [ksql_servers(errors=dead), ksql_queries({}, failed, errors=dead)]


def sections() -> list[Section]:
    """Two topics on three brokers, of which 3 is down; one group is behind, one is empty."""
    return [
        cluster(),
        brokers(1, 2, 3, down=[3]),
        quorum({"replica_id": 1}, {"replica_id": 2}, {"replica_id": 3}),
        topics({"topic": "orders", "partition_count": 2}, {"topic": "audit", "partition_count": 1}),
        partitions(
            partition_row("orders", 0, (1, 2, 3), isr=(1, 2)),
            partition_row("orders", 1, (2, 3, 1), isr=(1,), leader=1),
            partition_row("audit", 0, (3,), isr=(), leader=None),
        ),
        topic_configs({topic: {"min.insync.replicas": "2"} for topic in ("orders", "audit")}),
        offsets({("orders", 0): 100, ("orders", 1): 200}, start=10),
        groups(
            {"group": "billing", "protocol": "range"},
            {"group": "nightly", "state": "Empty", "protocol": ""},
        ),
        members(
            {"group": "billing", "member_id": "m1", "assignment": (("orders", 0), ("orders", 1))},
            {"group": "billing", "member_id": "m2"},
        ),
        *connect(),
        *databases(),
        *schemas(),
        *queries(),
        commits(
            {
                ("billing", "orders", 0): 70,
                ("billing", "orders", 1): 250,
                ("nightly", "orders", 0): 4,
            }
        ),
        log_dirs({"broker": 1}, {"broker": 2}),
        replicas({(1, "orders", 0): 1000, (2, "orders", 0): 900, (1, "orders", 1): 300}),
        reassignments({("orders", 1): (4,)}),
    ]


def snapshot(
    held: Iterable[Section] | None = None,
    missing: Mapping[type[Section], Missing] | None = None,
    at: datetime = NOW,
) -> Snapshot:
    """Return a snapshot of sections; the small cluster unless told."""
    found: dict[type[Section], Any] = {
        type(each): each for each in (sections() if held is None else held)
    }
    return Snapshot(
        taken_at=at, sections={**found, **(missing or {})}, bootstrap="a:9092", duration_seconds=0.5
    )


def unknown_ages(rows: Any, offsets: Any) -> Any:
    return numpy.full(len(rows), numpy.nan)


def seen(
    held: Snapshot | None = None,
    report: Report | None = None,
    ages: Any = unknown_ages,
    committed_at: Mapping[str, float] | None = None,
    subjects: Mapping[tuple[str, str], int] | None = None,
    **shown: Any,
) -> Seen:
    """Return the tables of a snapshot."""
    held = snapshot() if held is None else held
    return Seen(held, report, ages, Shown(**shown), committed_at or {}, subjects or {})


def told(families: Iterable[Family], name: str) -> dict[tuple[str, ...], float]:
    """Return label values → value of one metric; all values that are known."""
    [family] = [each for each in families if each.name == name]
    columns = zip(*family.columns, strict=True) if family.columns else [()] * len(family.values)
    pairs = zip(columns, family.values, strict=True)
    return {tuple(map(str, key)): float(value) for key, value in pairs if _is_known(value)}


def _is_known(value: Any) -> bool:
    import pandas

    return not pandas.isna(value)
