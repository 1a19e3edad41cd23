"""Sources of changes that are RUNNING while nobody reads their replication slot.

The producer of a source waits for ever for a topic that does not exist and that nobody makes, and
Debezium tries again for ever where its database cannot be reached (errors.max.retries is -1):
connector and task stay RUNNING, no topic gets a record, and the slot holds the WAL. The chain is
slot, source, topic, sink: this is its first link. A source with quiet tables is healthy: it reads
its slot. Sinks that stand are told by the lag of their groups.

Reads: pg_replication_slots in two samples, GET /connectors?expand=info&expand=status of a worker.
"""

from typing import Any

from kdiag.api import (
    Action,
    Connectors,
    Finding,
    NotApplicable,
    Said,
    SlotStates,
    Subject,
    check,
    connector_of,
    size,
)


@check(area="pipelines", explained_by=("connector-failed",))
def connector_idle(slots: SlotStates, connectors: Connectors) -> Said:
    """Sources that are RUNNING, and whose replication slot nobody reads in two samples."""
    read = slots.rows[slots.rows["connector"].notna()]
    if read.empty:
        yield NotApplicable(f"none of {len(connectors)} connectors has a slot of these databases")
    for row in read.itertuples():
        if row.connector_state == "RUNNING" and not row.is_active and row.was_active is False:
            yield _finding(row, connector_of(connectors, row.connect_cluster, row.connector))


def _finding(row: Any, subject: Subject) -> Finding:
    waits = " It may still take its first snapshot: Debezium is in the database."
    kept = size(row.kept_bytes) if row.kept_bytes == row.kept_bytes else "no"
    return Finding(
        "info" if row.is_visited else "warning",
        subject,
        f"Connector {row.connector} is RUNNING, but nobody reads its replication slot {row.slot} "
        f"of {row.endpoint}.",
        f"Its topics get no changes, and sinks behind them have nothing to write; {kept} of WAL "
        "wait in the slot.",
        cause="It stands between slot and topic: it cannot write (a topic that does not exist and "
        "that nobody makes), or it cannot reach the database, and tries again for ever."
        + waits
        * row.is_visited,
        evidence={
            "stands_at": "source",
            "slot": row.slot,
            "endpoint": row.endpoint,
            "kept_bytes": None if row.kept_bytes != row.kept_bytes else int(row.kept_bytes),
            "connector_state": row.connector_state,
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
        confidence="possible" if row.is_visited else "likely",
    )
