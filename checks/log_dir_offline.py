"""Log directories that a running broker has given up.

After an input or output error, or on a full volume, a broker takes the directory offline and goes
on with the others (KIP-112). The replicas there are out of sync until it is repaired and the
broker restarted.

Reads: DescribeLogDirs (error of the directory), Metadata (offline replicas).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    LogDirs,
    Partitions,
    Said,
    Subject,
    check,
    count,
    log_dir,
    partition,
)


@check(area="disk")
def log_dir_offline(log_dirs: LogDirs, partitions: Partitions | None) -> Said:
    """Log directories that are offline."""
    hits = log_dirs.rows[log_dirs.rows["error"].notna()]
    if hits.empty:
        return
    brokers = frozenset(int(id_) for id_ in hits["broker"])
    for row in hits.itertuples():
        yield _finding(row, _replicas(partitions, row.broker), _explained(partitions, brokers))


def _finding(row: Any, offline: int | None, explained: frozenset[Subject]) -> Finding:
    affected = "its replicas" if offline is None else count(offline, "replica")
    return Finding(
        "critical",
        log_dir(row.broker, row.path),
        f"Log directory {row.path} of broker {row.broker} is offline ({row.error}).",
        f"{affected.capitalize()} on broker {row.broker} {'is' if offline == 1 else 'are'} out of "
        "sync and stay so until the broker is restarted with a working directory.",
        cause="The broker met an input or output error there, or the volume is full.",
        evidence={"error": row.error, "offline_replica_count": offline},
        actions=(
            Action(
                f"On broker {row.broker}, look for the first error: full, read-only, or failing.",
                "df -h {path}; dmesg | grep -iE 'i/o error|read-only' | tail",
                values={"path": row.path},
            ),
            Action(
                "Repair or replace the disk (on KRaft an empty one is formatted first, by "
                "kafka-storage.sh, see the runbook), then restart the broker; it copies the "
                "replicas from their leaders. Not with an empty one while partitions wait for this "
                "broker: it would lead them with nothing.",
                effect="disruptive",
            ),
        ),
        covers=explained,
    )


def _replicas(partitions: Partitions | None, broker: int) -> int | None:
    """Return how many replicas of this broker are offline, in whichever of its directories."""
    if partitions is None:
        return None
    return sum(broker in offline for offline in partitions.rows["offline_replicas"])


def _explained(partitions: Partitions | None, brokers: frozenset[int]) -> frozenset[Subject]:
    """Return the partitions whose missing replicas are all offline ones of these brokers."""
    if partitions is None:
        return frozenset()
    rows = partitions.rows[partitions.rows["offline_replicas"].map(len) > 0]
    return frozenset(
        partition(row.topic, row.partition)
        for row in rows.itertuples()
        if set(row.replicas) - set(row.isr) <= set(row.offline_replicas) & brokers
    )
