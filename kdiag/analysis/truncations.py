"""Logs that were cut: records that a group had read, and that its partition has no longer."""

from typing import Any

from kdiag.analysis.outside_commits import OutsideCommits
from kdiag.check import derive
from kdiag.sections import Commits, LeaderEpochs, Partitions
from kdiag.snapshot import Table

_KEY = ["topic", "partition"]


class Truncations(Table):
    """One row a partition whose log was cut below an offset that a group had committed.

    lost_records: from where the log was cut to the furthest such offset, at least so many. cut_at:
    where the leader epoch that the records were written in ends now, <NA> where only the end of the
    log tells. end_offset: of the log, <NA> where it was not read. groups: tuple of those groups.
    """

    noun = "logs that were cut"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "lost_records": "int",
        "cut_at": "int",
        "end_offset": "int",
        "groups": "object",
    }


@derive()
def truncations(
    outside: OutsideCommits,
    partitions: Partitions,
    commits: Commits,
    epochs: LeaderEpochs | None,
) -> Truncations:
    """Compare committed offsets with the end of the log, and with the end of their leader epoch.

    A log of one replica is left out: it had no election; its disk lost what was not flushed.

    Source: KIP-320; a consumer finds a truncated log in the same way.
    """
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in _beyond(outside).itertuples():
        _add(found, row, int(row.records), None, int(row.end_offset))
    for row in _in_cut_epochs(commits, epochs, outside).itertuples():
        _add(found, row, int(row.committed_offset - row.end_offset), int(row.end_offset), None)
    if not found:
        return Truncations.of()
    several = partitions.rows[partitions.rows["replicas"].map(len) > 1]
    logs = set(zip(several["topic"], several["partition"], strict=True))
    rows = [{**told, "groups": tuple(sorted(told["groups"]))} for told in found.values()]
    return Truncations.from_rows([row for row in rows if (row["topic"], row["partition"]) in logs])


def _beyond(outside: OutsideCommits) -> Any:
    rows = outside.rows
    return rows[(rows["side"] == "beyond") & (rows["origin"] == "truncated")]


def _in_cut_epochs(commits: Commits, epochs: LeaderEpochs | None, outside: OutsideCommits) -> Any:
    """Return the offsets that lie behind the end of the leader epoch that they were read in."""
    known = (epochs or LeaderEpochs.of()).rows.dropna(subset=["end_offset"])
    rows = commits.rows.dropna(subset=["committed_offset", "leader_epoch"])
    rows = rows[["group", *_KEY, "committed_offset", "leader_epoch"]].merge(known, on=_KEY)
    rows = rows[rows["leader_epoch"] == rows["asked_epoch"]]
    other = outside.rows[outside.rows["origin"] == "recreated"]
    recreated = set(zip(other["topic"], other["partition"], strict=True))
    rows = rows[rows["committed_offset"] > rows["end_offset"]]
    logs = zip(rows["topic"], rows["partition"], strict=True)
    return rows[[log not in recreated for log in logs]]


def _add(
    found: dict[tuple[str, int], dict[str, Any]],
    row: Any,
    lost: int,
    cut_at: int | None,
    end_offset: int | None,
) -> None:
    key = (row.topic, int(row.partition))
    told = found.setdefault(
        key,
        {"topic": key[0], "partition": key[1], "lost_records": 0, "groups": set()},
    )
    told["lost_records"] = max(told["lost_records"], lost)
    told["groups"].add(row.group)
    if cut_at is not None:
        told["cut_at"] = cut_at
    if end_offset is not None:
        told["end_offset"] = end_offset
