"""PostgreSQL: replication slots, where databases are asked (`--postgres`)."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.pipeline_sections import PostgresServers, ReplicationSlots

_SLOT = ("endpoint", "slot")

_UP = Family(
    "kdiag_postgres_up",
    "1 for each database that told its replication slots, 0 for one that did not.",
    ("endpoint",),
)
_ACTIVE = Family(
    "kdiag_postgres_slot_active",
    "1 where somebody reads the replication slot (pg_replication_slots, as the others).",
    _SLOT,
)
_LOST = Family(
    "kdiag_postgres_slot_lost",
    "1 where the server has given the slot up: its reader cannot go on where it stopped.",
    _SLOT,
)
_KEPT = Family(
    "kdiag_postgres_slot_kept_bytes",
    "WAL that the server keeps for the slot, from restart_lsn on; none of one never used.",
    _SLOT,
)
_BEHIND = Family(
    "kdiag_postgres_slot_behind_bytes",
    "WAL that the reader of the slot has not confirmed, from confirmed_flush_lsn on.",
    _SLOT,
)
_SAFE = Family(
    "kdiag_postgres_slot_safe_bytes",
    "WAL that may be written until the slot is given up; none without max_slot_wal_keep_size.",
    _SLOT,
)
_COLUMNS = {"kept_bytes": _KEPT, "behind_bytes": _BEHIND, "safe_bytes": _SAFE}


def postgres(seen: Seen) -> Iterator[Family]:
    """Yield what is told of databases and slots; nothing where none is asked."""
    servers, slots = seen.held(PostgresServers), seen.held(ReplicationSlots)
    if servers is None or slots is None:
        return
    dead = slots.unread("endpoint")
    yield _UP.rows([*((url, 1) for url in servers.rows["endpoint"]), *((url, 0) for url in dead)])
    rows = slots.rows[~slots.rows["is_temporary"].fillna(value=False).astype(bool)]
    keys = (rows["endpoint"].tolist(), rows["slot"].tolist())
    is_lost = (rows["wal_status"] == "lost") | rows["invalidation"].notna()
    yield _ACTIVE.of(*keys, values=rows["is_active"].astype(int).tolist())
    yield _LOST.of(*keys, values=is_lost.astype(int).tolist())
    for column, family in _COLUMNS.items():
        yield family.of(*keys, values=rows[column].tolist())
