"""Many members that join one after the other and rebalance the group with each arrival.

A group that was empty waits group.initial.rebalance.delay.ms (3 s by default) for more members.
Whoever comes later begins a new rebalance, and with an eager assignor all members stop for it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from kdiag.analysis.rebalances import Rebalances
from kdiag.analysis.values import known
from kdiag.check import derive
from kdiag.sections import Groups
from kdiag.snapshot import Table

_GAP = timedelta(minutes=1)
_LATELY = timedelta(hours=1)
_JOINED_EACH = 5
_LARGE = 2 * _JOINED_EACH


class JoinHerds(Table):
    """One row a group and rush of members within the last hour, the largest of each group.

    generations: rebalances in a row, a minute apart at most, completed or not. joined: members that
    came with them; at least five each time on average, so a rolling restart is none. members: at
    its end. began_at: end of the first join phase. seconds: until the last rebalance completed.
    """

    noun = "rushes of members"
    needs_rows = False
    columns = {
        "group": "str",
        "protocol": "str",
        "members": "int",
        "joined": "int",
        "generations": "int",
        "began_at": "time",
        "seconds": "float",
    }


@derive()
def join_herds(rebalances: Rebalances, groups: Groups) -> JoinHerds:
    """Find rebalances in a row that brought many members."""
    rows = rebalances.rows
    lately = rows[(rows["kind"] == "classic") & (rows["completed_at"] >= groups.read_at - _LATELY)]
    lately = lately[lately["group"].isin(lately[lately["member_count"] >= _LARGE]["group"])]
    found = []
    for group, each in lately.groupby("group", sort=False):
        rushes = [row for run in _runs(each) if (row := _rush(run)) is not None]
        if rushes:
            found.append({"group": group, **max(rushes, key=lambda row: int(row["joined"]))})
    return JoinHerds.from_rows(found)


def _runs(rows: Any) -> Iterator[list[Any]]:
    """Yield rebalances that follow each other closely."""
    run: list[Any] = []
    last: datetime | None = None
    for row in rows.itertuples():
        if last is not None and row.completed_at - last > _GAP:
            yield run
            run = []
        run.append(row)
        last = row.completed_at
    yield run


def _rush(run: list[Any]) -> dict[str, Any] | None:
    """Return what a run brought, if each of its rebalances brought many."""
    joined = sum(known(row.joined) or 0 for row in run)
    if joined < _JOINED_EACH * len(run):
        return None
    failed = sum(known(row.failed_before) or 0 for row in run)
    began_at = run[0].completed_at - timedelta(seconds=run[0].seconds)
    return {
        "protocol": run[-1].protocol,
        "members": int(run[-1].member_count),
        "joined": joined,
        "generations": len(run) + failed,
        "began_at": began_at,
        "seconds": (run[-1].completed_at - began_at).total_seconds(),
    }
