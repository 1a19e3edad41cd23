"""Replication slots of PostgreSQL that hold more and more WAL.

The server keeps its WAL from the oldest slot on, so that a reader can go on where it stopped. A
slot that nobody reads keeps it for ever: pg_wal fills the disk, and then the database stops. It
also holds back vacuum (catalog_xmin). Where max_slot_wal_keep_size limits that, the slot is given
up instead, and its reader has to copy all tables anew.

Reads: pg_replication_slots in two samples, pg_ls_waldir, and the settings of connectors (which of
them reads a slot).
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
    slot,
    span,
)

_BROKEN = ("lost", "unreserved")


@check(area="pipelines", explained_by=("connector-failed", "connector-idle"))
def replication_slot_growth(
    slots: SlotStates,
    connectors: Connectors | None,
    *,
    unread_bytes: int = 64 << 20,
    behind_bytes: int = 1 << 30,
    idle_seconds: float = 3600.0,
    wal_volume_bytes: int = 0,
) -> Said:
    """Replication slots that nobody reads, that fall behind, or that the server has given up.

    unread_bytes: a slot that nobody reads and that holds less is not reported, as readers restart.
    behind_bytes: nor is one that is read and less behind.
    idle_seconds: a slot that nobody has read for so long is reported whatever it holds
    (PostgreSQL 17 tells since when).
    wal_volume_bytes: size of the file system of pg_wal, which PostgreSQL does not tell; 0: not
    known, and no time is foretold until it is full.
    """
    if not len(slots):
        yield NotApplicable("the databases have no replication slot")
    for row in slots.rows.itertuples():
        if row.is_temporary:
            continue
        if row.wal_status in _BROKEN or row.invalidation:
            yield _given_up(row)
        elif _is_unread(row):
            idle = _idle_seconds(slots, row)
            is_old = idle is not None and idle >= idle_seconds
            if is_old or _at_least(row.kept_bytes, unread_bytes):
                yield _unread(row, idle, wal_volume_bytes, _readers(row, connectors))
        elif _at_least(row.behind_bytes, behind_bytes) and not row.behind_per_second < 0:
            yield _behind(row, wal_volume_bytes)


def _is_unread(row: Any) -> bool:
    """Tell whether nobody reads a slot, now and in the sample before; a new one holds nothing."""
    return not row.is_active and row.was_active is not True and row.kept_bytes == row.kept_bytes


def _at_least(bytes_: Any, least: int) -> bool:
    return bool(bytes_ == bytes_) and int(bytes_) >= least


def _idle_seconds(slots: SlotStates, row: Any) -> float | None:
    if row.inactive_since != row.inactive_since or slots.read_at is None:
        return None
    return float((slots.read_at - row.inactive_since).total_seconds())


def _readers(row: Any, connectors: Connectors | None) -> frozenset[Subject]:
    """Return the connector that does not read a slot, where it is known: what stands is that."""
    if connectors is None or row.connector is None:
        return frozenset()
    return frozenset([connector_of(connectors, row.connect_cluster, row.connector)])


def _unread(
    row: Any, idle: float | None, volume_bytes: int, readers: frozenset[Subject]
) -> Finding:
    since = "" if idle is None else f" for {span(idle)}"
    return Finding(
        "critical",
        slot(row.slot),
        f"Nobody reads replication slot {row.slot} of {row.endpoint}{since}; the server keeps "
        f"{size(row.kept_bytes)} of WAL for it{_growing(row.kept_per_second)}.",
        _impact(row, volume_bytes),
        cause=_who(row),
        evidence=_evidence(row),
        actions=(
            _look("Look at it.", row),
            Action(
                f"Start its reader again ({row.connector or 'the connector with this slot.name'}). "
                "Only where nobody will read it ever again, drop it: what it holds is lost to "
                "that reader.",
                "psql {endpoint} -c {query}",
                "disruptive",
                {
                    "endpoint": row.endpoint,
                    "query": f"SELECT pg_drop_replication_slot('{row.slot}')",
                },
            ),
        ),
        since=None if idle is None else row.inactive_since.to_pydatetime(),
        due=_due(row, volume_bytes),
        because_of=readers,
    )


def _behind(row: Any, volume_bytes: int) -> Finding:
    is_sure = row.behind_per_second == row.behind_per_second
    return Finding(
        "critical" if is_sure else "warning",
        slot(row.slot),
        f"The reader of replication slot {row.slot} of {row.endpoint} is "
        f"{size(row.behind_bytes)} behind{_growing(row.behind_per_second)}.",
        _impact(row, volume_bytes),
        cause=_who(row),
        evidence=_evidence(row),
        actions=(
            _look("Look at it, twice: whether confirmed_flush_lsn moves.", row),
            Action(
                "Where it does not move although the tables that are captured are quiet: set "
                "heartbeat.interval.ms of the connector, and heartbeat.action.query where the "
                "whole database is."
            ),
        ),
        confidence="certain" if is_sure else "possible",
        due=_due(row, volume_bytes),
    )


def _given_up(row: Any) -> Finding:
    why = row.invalidation or f"wal_status is {row.wal_status}"
    is_lost = row.wal_status == "lost" or bool(row.invalidation)
    return Finding(
        "critical",
        slot(row.slot),
        f"Replication slot {row.slot} of {row.endpoint} "
        f"{'is lost' if is_lost else 'is about to be given up'}: {why}.",
        "Its reader cannot go on where it stopped: changes are missing in its topics until all "
        "tables are copied anew.",
        cause=_who(row),
        evidence=_evidence(row),
        actions=(
            _look("Look at it.", row),
            Action(
                "Drop the slot, let the connector make a new one and take a new snapshot "
                "(snapshot.mode=when_needed); raise max_slot_wal_keep_size."
                if is_lost
                else "Start its reader now, or raise max_slot_wal_keep_size, before the next "
                "checkpoint."
            ),
        ),
    )


def _look(text: str, row: Any) -> Action:
    return Action(
        text,
        "psql {endpoint} -c 'TABLE pg_replication_slots'",
        values={"endpoint": row.endpoint},
    )


def _growing(rate: float) -> str:
    if rate != rate:
        return ""
    return f", {size(rate)} more each second" if rate > 0 else ", and no more comes at the moment"


def _left_seconds(row: Any, volume_bytes: int) -> tuple[float, str] | None:
    """Return when it ends, and how: the slot is given up, or the volume of the WAL is full."""
    rate = row.kept_per_second
    if not rate > 0:
        return None
    if row.safe_bytes == row.safe_bytes:
        return max(0.0, float(row.safe_bytes)) / rate, "the slot is given up"
    if volume_bytes:
        used = max(float(row.kept_bytes), _number(row.wal_bytes))
        return max(0.0, volume_bytes - used) / rate, "the file system of pg_wal is full"
    return None


def _number(value: Any) -> float:
    return float(value) if value == value else 0.0


def _due(row: Any, volume_bytes: int) -> float | str:
    left = _left_seconds(row, volume_bytes)
    return "the disk of the database is full" if left is None else left[0]


def _impact(row: Any, volume_bytes: int) -> str:
    left = _left_seconds(row, volume_bytes)
    if left is not None:
        return f"At this rate {left[1]} in {span(left[0])} at the latest."
    return (
        "pg_wal grows until its disk is full, and the database stops; when, PostgreSQL does not "
        "tell (wal_volume_bytes)."
    )


def _who(row: Any) -> str:
    if row.connector is None:
        none = "No connector that was read has this slot.name in this database."
        return none if row.is_reader_known else ""
    quiet = "" if row.heartbeat else " It sends no heartbeats (heartbeat.interval.ms)."
    return f"Connector {row.connector} reads it, and is {row.connector_state}.{quiet}"


def _evidence(row: Any) -> dict[str, Any]:
    return {
        "endpoint": row.endpoint,
        "is_active": row.is_active,
        "kept_bytes": _whole(row.kept_bytes),
        "behind_bytes": _whole(row.behind_bytes),
        "kept_bytes_per_second": _rate(row.kept_per_second),
        "wal_status": row.wal_status,
        "safe_bytes": _whole(row.safe_bytes),
        "wal_bytes": _whole(row.wal_bytes),
        "connector": row.connector,
        "connector_state": row.connector_state,
    }


def _whole(value: Any) -> int | None:
    return int(value) if value == value else None


def _rate(value: float) -> float | None:
    return round(value, 1) if value == value else None
