"""Numbers that alerts fire at and dashboards colour at: one place, so that they agree."""

DISK_USED_RATIO = 0.8
"""Of a volume: the default of disk-usage-high."""

DISK_FREE_SLOW_RATIO, DISK_FREE_FAST_RATIO = 0.35, 0.2
"""Of a volume that fills within a day, or within four hours: what must be left to be silent."""

LAG_SECONDS = 300
"""Lag below which a group that falls behind is nobody's concern yet."""

NOT_PREFERRED_RATIO = 0.1
"""Of all partitions: leader.imbalance.per.broker.percentage has 10 % a broker (Kafka docs)."""

VOTER_SECONDS = 30
"""How long a voter of the quorum may not have been caught up."""

STALE_INTERVALS, STALE_SECONDS = 3, 60
"""A snapshot is old after so many intervals, and so many seconds beside them."""

AUDIT_PERIODS = 2.5
"""An audit is overdue after so many periods: two were missed, and it has had time to run."""

SLOT_UNREAD_BYTES, SLOT_BEHIND_BYTES = 64 << 20, 1 << 30
"""WAL that a slot may hold unread, or be behind: the defaults of replication-slot-growth."""

FLUSH_SECONDS = 600
"""A sink that has committed nothing for so long may just fill a file: its lag is a saw then."""

SINK_SECONDS = 7200
"""How long a sink may commit nothing while records wait: those that roll a file each hour do so."""
