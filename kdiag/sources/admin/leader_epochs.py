"""Where leader epochs end: OffsetForLeaderEpoch of the leaders (KIP-279, KIP-320).

Asked only where the log may have been cut: a group has committed an offset with the leader epoch
that it read it in, and that epoch is over. If the log has that epoch end before the offset, records
that were read are gone, even where new ones have taken their place since.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kdiag.errors import Unsupported
from kdiag.sections import Commits, LeaderEpochs
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.outcome import known, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

_MOST_PARTITIONS = 10_000
_CONSUMER = -1  # OffsetForLeaderEpochRequest.CONSUMER_REPLICA_ID
_SINCE = "Kafka 2.1 or newer"

Log = tuple[str, int]


async def read_leader_epochs(
    wire: Wire, registered: Registered, commits: Commits, now: datetime
) -> LeaderEpochs | Missing:
    """Ask the leaders where the epochs of committed offsets end, one request a broker.

    A request may name a partition once: the oldest epoch that some group committed in is asked for.
    Missing where no broker offers the request in a version that clients may send (before 2.1).
    """
    wanted = _suspected(registered, commits)
    errors: dict[str, Missing] = {}
    if len(wanted) > _MOST_PARTITIONS:
        errors["leader epochs of other partitions"] = Missing(
            f"{len(wanted) - _MOST_PARTITIONS} beyond the {_MOST_PARTITIONS} that are asked for"
        )
        wanted = dict(list(wanted.items())[:_MOST_PARTITIONS])
    answers = await wire.ask_all("OffsetForLeaderEpoch", _fields(registered, wanted))
    if answers and all(isinstance(answer, Unsupported) for answer in answers.values()):
        return Missing(str(next(iter(answers.values()))), _SINCE)
    replies, failed = split(answers)
    rows: list[dict[str, Any]] = []
    for topic in (topic for reply in replies.values() for topic in reply.topics):
        for part in topic.partitions:
            log = (str(topic.topic), int(part.partition))
            if part.error_code:
                why = missing_for("OffsetForLeaderEpoch", part.error_code, log[0])
                errors[f"leader epochs of {log[0]}-{log[1]}"] = why
            else:
                rows.append(_row(log, wanted[log], part))
    await tables_ready()
    return LeaderEpochs.from_rows(rows, read_at=now, errors=failed | errors)


def _suspected(registered: Registered, commits: Commits) -> dict[Log, int]:
    """Return partition → oldest epoch before the present one that some group committed in."""
    now = {
        (str(topic.name), int(part.partition_index)): int(getattr(part, "leader_epoch", -1))
        for topic in registered.topics
        for part in topic.partitions
        if len(part.replica_nodes) > 1
    }
    rows = commits.rows.dropna(subset=["leader_epoch", "committed_offset"])
    oldest = rows.groupby(["topic", "partition"], sort=True)["leader_epoch"].min()
    return {
        (topic, int(number)): int(epoch)
        for (topic, number), epoch in oldest.items()
        if epoch < now.get((topic, int(number)), -1)
    }


def _fields(registered: Registered, wanted: Mapping[Log, int]) -> dict[int, dict[str, Any]]:
    rows = {log: {"partition": log[1], "leader_epoch": epoch} for log, epoch in wanted.items()}
    return {
        leader: {
            "replica_id": _CONSUMER,
            "topics": [{"topic": name, "partitions": each} for name, each in topics.items()],
        }
        for leader, topics in registered.by_leader(rows).items()
    }


def _row(log: Log, asked: int, part: Any) -> dict[str, Any]:
    return {
        "topic": log[0],
        "partition": log[1],
        "asked_epoch": asked,
        "epoch": known(part.leader_epoch),
        "end_offset": known(part.end_offset),
    }
