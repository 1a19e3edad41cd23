"""PostgreSQL, read-only: what its system views tell of replication slots.

`statements` is the table of everything that may be sent, `session` refuses the rest where
statements become bytes and keeps every transaction read-only, `reading` makes sections of the rows.
"""
