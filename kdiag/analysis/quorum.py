"""How live and how current each replica of the KRaft quorum is, by the clock of its leader."""

from kdiag.check import derive
from kdiag.sections import Quorum
from kdiag.snapshot import Missing, Table


class QuorumHealth(Table):
    """One row a voter or observer.

    fetch_age_seconds: since its last fetch. behind_seconds: since it last had everything. Both
    count from the freshest time in the same answer, never from our own clock; NaN where it did
    not fetch, or never caught up, since the present leader took over. missing_records: what it
    lacks of the longest log. The leader is live and current by definition.
    """

    noun = "quorum replicas"
    columns = {
        "replica_id": "int",
        "is_voter": "bool",
        "is_leader": "bool",
        "fetch_age_seconds": "float",
        "behind_seconds": "float",
        "log_end_offset": "int",
        "missing_records": "int",
    }


@derive()
def quorum_health(quorum: Quorum) -> QuorumHealth | Missing:
    """Judge each replica against the freshest time that the leader gave for any of them."""
    rows = quorum.rows
    if quorum.leader_id is None:
        return Missing("the quorum named no leader")
    is_leader = (rows["replica_id"] == quorum.leader_id).fillna(False).astype(bool)
    if rows["last_fetch"].isna().all() and not is_leader.all():
        return Missing("the controllers do not tell when replicas fetched", "Kafka 3.3 or newer")
    freshest = rows[["last_fetch", "last_caught_up"]].max().max()
    ages = {
        name: (freshest - rows[name]).dt.total_seconds().mask(is_leader, 0.0)
        for name in ("last_fetch", "last_caught_up")
    }
    return QuorumHealth.of(
        {
            "replica_id": rows["replica_id"].array,
            "is_voter": rows["is_voter"].array,
            "is_leader": is_leader.array,
            "fetch_age_seconds": ages["last_fetch"].array,
            "behind_seconds": ages["last_caught_up"].array,
            "log_end_offset": rows["log_end_offset"].array,
            "missing_records": (rows["log_end_offset"].max() - rows["log_end_offset"]).array,
        }
    )
