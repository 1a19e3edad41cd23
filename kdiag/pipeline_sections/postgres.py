"""Raw sections of PostgreSQL, as its system views tell them to whoever may log in."""

from kdiag.snapshot import Table


class PostgresServers(Table):
    """One row a database that was asked.

    endpoint: its URL, without a user. version: as `server_version`. wal_level: replica, logical,
    minimal. is_standby: it replays what another server writes. wal_bytes: of the files of pg_wal,
    <NA> where the role may not list them. max_kept_bytes: max_slot_wal_keep_size, beyond which a
    slot is given up; <NA> where slots may hold any amount, which is the default.
    """

    noun = "databases"
    columns = {
        "endpoint": "str",
        "database": "str",
        "version": "str",
        "wal_level": "str",
        "is_standby": "bool",
        "wal_bytes": "int",
        "max_kept_bytes": "int",
    }


class ReplicationSlots(Table):
    """One row a replication slot (pg_replication_slots; those of all databases of a server).

    type: logical, physical. is_active: somebody reads from it now.
    is_visited: some session of Debezium is in its database. kept_bytes: WAL from where it
    may begin again up to now, which the server keeps for it; <NA> where it has never been used.
    behind_bytes: WAL that its reader has not confirmed; <NA> of physical slots. wal_status:
    reserved, extended, unreserved, lost (PostgreSQL 13). safe_bytes: what may be written until it
    is given up; <NA> without max_slot_wal_keep_size. inactive_since, invalidation: PostgreSQL 17.
    """

    noun = "replication slots"
    needs_rows = False
    columns = {
        "endpoint": "str",
        "slot": "str",
        "type": "str",
        "plugin": "str",
        "database": "str",
        "is_temporary": "bool",
        "is_active": "bool",
        "is_visited": "bool",
        "kept_bytes": "int",
        "behind_bytes": "int",
        "wal_status": "str",
        "safe_bytes": "int",
        "inactive_since": "time",
        "invalidation": "str",
    }


class Publications(Table):
    """One row a publication of the database that was asked (pg_publication).

    is_all_tables: it publishes every table; table_count: tables that it publishes now.
    """

    noun = "publications"
    needs_rows = False
    columns = {
        "endpoint": "str",
        "database": "str",
        "publication": "str",
        "is_all_tables": "bool",
        "table_count": "int",
    }


POSTGRES_SECTIONS = (PostgresServers, ReplicationSlots, Publications)
