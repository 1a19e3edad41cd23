"""Streams applications that lost threads while the process that ran them goes on.

Each thread is a member; its client id is that of the process, `-StreamThread-` and a number. An
instance that is stopped or scaled away takes all of its threads with it. An uncaught exception ends
the whole client by default (KIP-671), but one thread where the handler of the application fails
itself, or is one of the old kind (before 4.0); removeStreamThread (KIP-663) ends one as well.
"""

from datetime import datetime, timedelta
from typing import Any

from kdiag.analysis.member_lives import MemberLives
from kdiag.check import derive
from kdiag.sections import Groups
from kdiag.snapshot import Table

_MARK = "-StreamThread-"

_OVERLAP = timedelta(seconds=60)
"""How long a thread that died is a member beside the one that replaced it: until it leaves, or for
its session timeout, 45 s by default."""


class StreamThreads(Table):
    """One row a process of a Streams application that has fewer threads than it had.

    process: its part of the client id. threads, threads_before: now, and the most at a time.
    lost_at: when the last one left.
    """

    noun = "Streams processes that lost threads"
    needs_rows = False
    columns = {
        "group": "str",
        "process": "str",
        "client_host": "str",
        "threads": "int",
        "threads_before": "int",
        "lost_at": "time",
        "lost_seconds": "float",
    }


@derive()
def stream_threads(lives: MemberLives, groups: Groups) -> StreamThreads:
    """Count the threads of each process, now and before."""
    stable = groups.rows[groups.rows["state"] == "Stable"]["group"]
    rows = lives.rows[lives.rows["group"].isin(stable)]
    rows = rows[rows["client_id"].str.contains(_MARK, na=False, regex=False)]
    rows = rows[rows["ending"] != "converted"]
    process = rows["client_id"].str.split(_MARK, regex=False).str[0]
    found = []
    for (group, name, host), each in rows.groupby(["group", process, "client_host"], sort=False):
        row = _process(each, groups.read_at)
        if 0 < row["threads"] < row["threads_before"]:
            found.append({"group": group, "process": name, "client_host": host, **row})
    return StreamThreads.from_rows(found)


def _process(lives: Any, now: datetime) -> dict[str, Any]:
    """Return how many threads there are, and were.

    A thread that was replaced and the one that replaced it count as one.
    """
    gone = lives[lives["ended_at"].notna()]
    present = lives[lives["ended_at"].isna()]
    if gone.empty:
        return {"threads": len(present), "threads_before": len(present)}
    at = gone["ended_at"].max()
    there = (lives["began_at"].isna() | (lives["began_at"] < at)) & (
        lives["ended_at"].isna() | (lives["ended_at"] >= at)
    )
    return {
        "threads": len(present),
        "threads_before": int(there.sum()) - _replaced(lives[there], gone[gone["ended_at"] == at]),
        "lost_at": at,
        "lost_seconds": (now - at).total_seconds(),
    }


def _replaced(there: Any, last: Any) -> int:
    """Return how many of the last that left had been replaced by others before that.

    Those came shortly before the end, and nearer to it than to the beginning of what they replaced:
    threads that start together replace none of each other.
    """
    end, beginning = last["ended_at"].iloc[0], last["began_at"].min(skipna=False)
    before_end = end - there["began_at"]
    came_late = before_end < _OVERLAP
    if beginning == beginning:
        came_late &= before_end < there["began_at"] - beginning
    return min(int(came_late.sum()), len(last))
