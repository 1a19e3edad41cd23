"""What the controller knows: the KRaft quorum, and reassignments.

On KRaft any broker forwards. In ZooKeeper mode the controller is one of the brokers and is asked
itself; the others refuse.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import Denied, KdiagError, Unsupported
from kdiag.finding import NotApplicable
from kdiag.sections import Mode, Quorum, Reassignments
from kdiag.snapshot import Missing
from kdiag.sources.admin.outcome import known, missing, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.sources.times import time_of
from kdiag.wire.cluster import Wire

_METADATA_TOPIC = "__cluster_metadata"


_QUORUM = {"topics": [{"topic_name": _METADATA_TOPIC, "partitions": [{"partition_index": 0}]}]}


async def read_quorum(
    wire: Wire, mode: Mode, now: datetime, kraft: Sequence[int] = ()
) -> Quorum | Missing | NotApplicable:
    """Ask for the voters and observers of the metadata log.

    Brokers forward the request to the active controller, and where there is none it is not answered
    at all. So where one broker gets no answer, all are asked. mode: as the API ranges tell it;
    brokers that are all in ZooKeeper mode know no quorum. kraft: brokers that know it; without them
    any is asked.
    """
    if mode == "zookeeper":
        return NotApplicable("the cluster is in ZooKeeper mode and has no quorum")
    asked_at = datetime.now(UTC)
    try:
        answers = [await wire.ask(next(iter(kraft), None), "DescribeQuorum", _QUORUM)]
    except (Denied, Unsupported) as error:
        return missing(error)
    except KdiagError:
        answers = []
    errors: dict[str, Missing] = {}
    if not any(map(_is_told, answers)):
        replies, errors = split(await wire.ask_all("DescribeQuorum", _everywhere(wire)))
        answers = [*answers, *replies.values()]
        errors |= {f"broker {id_}": _refusal(reply) for id_, reply in replies.items()}
    answered_at = datetime.now(UTC)
    await tables_ready()
    told = [reply for reply in answers if _is_told(reply)]
    if told:
        quorum = _quorum(told[0].topics[0].partitions[0], now)
        return _with_clock(quorum, asked_at, answered_at)
    refused = next((each for each in errors.values() if each.grant), None)
    return refused or Quorum.from_rows([], read_at=now, errors=errors)


def _everywhere(wire: Wire) -> dict[int, Any]:
    return dict.fromkeys(wire.brokers, _QUORUM)


def _is_told(reply: Any) -> bool:
    """Tell whether a reply has the quorum, as that of an active controller has."""
    return _code(reply) == 0


def _code(reply: Any) -> int:
    parts = [part for topic in reply.topics for part in topic.partitions]
    return int(reply.error_code or (parts[0].error_code if parts else -1))


def _refusal(reply: Any) -> Missing:
    return missing_for("DescribeQuorum", _code(reply))


def _quorum(part: Any, now: datetime) -> Quorum:
    replicas = [(row, True) for row in part.current_voters]
    replicas += [(row, False) for row in part.observers]
    rows = [
        {
            "replica_id": row.replica_id,
            "directory_id": _text(getattr(row, "replica_directory_id", None)),
            "is_voter": is_voter,
            "log_end_offset": known(row.log_end_offset),
            "last_fetch": time_of(getattr(row, "last_fetch_timestamp", -1)),
            "last_caught_up": time_of(getattr(row, "last_caught_up_timestamp", -1)),
        }
        for row, is_voter in replicas
    ]
    return Quorum.from_rows(
        rows,
        read_at=now,
        leader_id=known(part.leader_id),
        leader_epoch=known(part.leader_epoch),
        high_watermark=known(part.high_watermark),
    )


def _with_clock(quorum: Quorum, asked_at: datetime, answered_at: datetime) -> Quorum:
    """Add by how much the clock of the leader is ahead of ours: it answered in between."""
    told = quorum.rows.loc[quorum.rows["replica_id"] == quorum.leader_id, "last_fetch"].dropna()
    if told.empty:
        return quorum
    at = told.iloc[0].to_pydatetime()
    return replace(
        quorum,
        ahead_least_seconds=(at - answered_at).total_seconds(),
        ahead_most_seconds=(at - asked_at).total_seconds(),
    )


def _text(id_: Any) -> str | None:
    return None if id_ is None else str(id_)


NO_QUORUM_YET = Missing(
    "no broker is on KRaft yet, and those in ZooKeeper mode do not tell the controllers' quorum",
    "a broker that was restarted with process.roles=broker",
)
"""What stands for the quorum of a migration in which all brokers are in ZooKeeper mode."""


async def read_reassignments(
    wire: Wire, now: datetime, controller: int | None = None
) -> Reassignments | Missing:
    """Ask for the partitions that are being reassigned; controller: None asks any broker."""
    try:
        reply = await wire.ask(controller, "ListPartitionReassignments", {"topics": None})
    except KdiagError as error:
        return missing(error)
    if reply.error_code:
        return missing_for("ListPartitionReassignments", reply.error_code)
    rows = [
        {
            "topic": str(topic.name),
            "partition": row.partition_index,
            "adding": tuple(map(int, row.adding_replicas)),
            "removing": tuple(map(int, row.removing_replicas)),
        }
        for topic in reply.topics
        for row in topic.partitions
    ]
    await tables_ready()
    return Reassignments.from_rows(rows, read_at=now)
