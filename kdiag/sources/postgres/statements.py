"""Everything that kdiag may send to PostgreSQL: the read-only guarantee, as one table.

Sources: PostgreSQL, system views pg_replication_slots, pg_settings, pg_publication_tables; system
administration functions. Columns that came with later releases (wal_status and safe_wal_size with
13, inactive_since and invalidation_reason with 17) are taken out of the row as JSON, where they are
null before.
"""

from typing import Final

SERVER: Final = """
SELECT current_database() AS database,
       current_setting('server_version') AS version,
       current_setting('wal_level') AS wal_level,
       pg_is_in_recovery() AS is_standby,
       (SELECT setting::bigint * 1048576 FROM pg_settings
         WHERE name = 'max_slot_wal_keep_size' AND setting::bigint >= 0) AS max_kept_bytes
"""

SLOTS: Final = """
SELECT slot_name AS slot, slot_type AS type, plugin, database,
       temporary AS is_temporary, active AS is_active,
       EXISTS (SELECT FROM pg_stat_activity AS sessions
                WHERE sessions.datname = slots.database
                  AND sessions.application_name LIKE 'Debezium%') AS is_visited,
       (now_at.lsn - restart_lsn)::bigint AS kept_bytes,
       (now_at.lsn - confirmed_flush_lsn)::bigint AS behind_bytes,
       to_jsonb(slots) ->> 'wal_status' AS wal_status,
       (to_jsonb(slots) ->> 'safe_wal_size')::bigint AS safe_bytes,
       (to_jsonb(slots) ->> 'inactive_since')::timestamptz AS inactive_since,
       to_jsonb(slots) ->> 'invalidation_reason' AS invalidation
  FROM pg_replication_slots AS slots,
       (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                    ELSE pg_current_wal_lsn() END AS lsn) AS now_at
 ORDER BY slot_name
"""

PUBLICATIONS: Final = """
SELECT current_database() AS database, pubname AS publication, puballtables AS is_all_tables,
       (SELECT count(*) FROM pg_publication_tables AS tables
         WHERE tables.pubname = publications.pubname) AS table_count
  FROM pg_publication AS publications
 ORDER BY pubname
"""

WAL: Final = "SELECT sum(size)::bigint AS wal_bytes FROM pg_ls_waldir()"

STATEMENTS: Final = frozenset({SERVER, SLOTS, PUBLICATIONS, WAL})
"""What may be sent, to the letter."""
