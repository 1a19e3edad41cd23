"""Committed offsets that were deleted, and whether they expired or somebody deleted them.

An offset expires offsets.retention.minutes after its group lost its last member or after it was
committed, and not before (see offsets_expiry); a deletion by hand comes at any time.
"""

from typing import Any

from kdiag.check import derive
from kdiag.sections import CommitHistory
from kdiag.snapshot import Table

_ID = ["group", "topic", "partition"]


class OffsetDeletions(Table):
    """One row a group and partition whose committed offset was deleted, as the history shows.

    deleted_at: the last time. idle_seconds: since the last commit before that, NaN where the
    history does not show it; deleted_offset: what had been committed. commits_since: how often an
    offset was committed after that; first_offset: the first of these.
    """

    noun = "deleted offsets"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "deleted_at": "time",
        "idle_seconds": "float",
        "deleted_offset": "int",
        "commits_since": "int",
        "first_offset": "int",
    }


@derive()
def offset_deletions(history: CommitHistory) -> OffsetDeletions:
    """Find the last deletion of each offset, and the commits around it."""
    rows = history.rows
    gone = rows[rows["is_tombstone"]].sort_values("log_offset")
    gone = gone.drop_duplicates(_ID, keep="last")[[*_ID, "committed_at", "log_offset"]]
    if gone.empty:
        return OffsetDeletions.of()
    made = rows[~rows["is_tombstone"] & rows["group"].isin(gone["group"])].merge(
        gone, on=_ID, suffixes=("", "_gone")
    )
    is_before = made["log_offset"] < made["log_offset_gone"]
    before = made[is_before].sort_values("log_offset").drop_duplicates(_ID, keep="last")
    since = made[~is_before].sort_values("log_offset").groupby(_ID, as_index=False)
    found = gone.merge(_last(before), "left", _ID).merge(
        since.agg(commits_since=("log_offset", "size"), first_offset=("committed_offset", "first")),
        "left",
        _ID,
    )
    idle = (found["committed_at"] - found["last_committed_at"]).dt.total_seconds()
    found = found.assign(
        deleted_at=found["committed_at"],
        idle_seconds=idle,
        commits_since=found["commits_since"].fillna(0).astype("Int64"),
    )
    return OffsetDeletions(rows=found[list(OffsetDeletions.columns)].reset_index(drop=True))


def _last(before: Any) -> Any:
    return before[_ID].assign(
        last_committed_at=before["committed_at"], deleted_offset=before["committed_offset"]
    )
