"""Voters and observers of the quorum that do not keep up with the metadata log.

A voter that lags cannot take over. An observer is a broker (or a spare controller): while it lags
it serves old leaders, old topics and old ACLs, although its port answers and no replica is missing.
An observer that is no broker of the cluster and has stopped was taken away; the leader forgets it
after five minutes.

Reads: DescribeQuorum (when each replica was last caught up, as the leader of the quorum saw it),
DescribeCluster (which brokers are registered).
"""

from typing import Any

from kdiag.api import (
    Action,
    Brokers,
    Finding,
    QuorumHealth,
    Said,
    broker,
    check,
    count,
    known,
    span,
)


@check(area="controller", explained_by=("broker-down", "quorum-at-majority"))
def voter_lagging(
    health: QuorumHealth, brokers: Brokers | None, *, behind_seconds: int = 10
) -> Said:
    """Voters and observers that were caught up with the metadata long ago.

    behind_seconds: how long ago a replica may have been caught up; five times the default of
        controller.quorum.fetch.timeout.ms, and about the session that a broker has (9 s).
    """
    rows = health.rows
    known_ids = set() if brokers is None else _registered(brokers)
    for row in rows[~(rows["behind_seconds"] <= behind_seconds)].itertuples():
        has_stopped = not row.fetch_age_seconds <= behind_seconds
        is_removed = brokers is not None and row.replica_id not in known_ids
        if row.is_voter or not (has_stopped and is_removed):
            yield _finding(row, has_stopped=has_stopped)


def _registered(brokers: Brokers) -> set[int]:
    rows = brokers.rows
    return set(rows.loc[rows["is_registered"], "broker"].astype(int))


def _finding(row: Any, *, has_stopped: bool) -> Finding:
    role = "Voter" if row.is_voter else "Observer"
    is_known = row.behind_seconds == row.behind_seconds  # NaN differs from itself
    return Finding(
        "warning",
        broker(row.replica_id),
        f"{role} {row.replica_id} of the quorum was last caught up {span(row.behind_seconds)} ago."
        if is_known
        else f"{role} {row.replica_id} of the quorum has not caught up with the present leader.",
        "It cannot take over as controller, and the quorum tolerates one loss less."
        if row.is_voter
        else "It acts on old metadata: leaders, topics, ACLs and settings as they were then.",
        cause="It has stopped fetching: the process is down, or its link to the controllers is."
        if has_stopped
        else "It fetches, but more slowly than metadata is written.",
        due="a controller is lost" if row.is_voter else 0.0,
        evidence={
            "is_voter": bool(row.is_voter),
            "behind_seconds": round(row.behind_seconds, 1) if is_known else None,
            "missing_records": known(row.missing_records),
            "log_end_offset": known(row.log_end_offset),
        },
        actions=(
            Action(
                f"See {_behind(row)}, then look at the log and the controller link of node "
                f"{row.replica_id}.",
                "kafka-metadata-quorum.sh --bootstrap-server {bootstrap} describe --replication",
            ),
        ),
    )


def _behind(row: Any) -> str:
    missing = known(row.missing_records)
    return f"the {count(missing, 'record')} it lacks" if missing else "how far it is behind"
