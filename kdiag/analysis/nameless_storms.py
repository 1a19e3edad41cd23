"""Storms in which no client comes back: newcomers go again, rebalances fail or change nothing.

A rolling deploy brings and takes each member once, at one time; what counts here happens at several
times, or more often than the group has members.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from kdiag.analysis.values import known

UNEXPLAINED = 6
"""Short stays, or failed rebalances, within an hour from which nothing usual explains them."""

UNCHANGED = 12
"""Rebalances of the same members within an hour: Streams probes for warm tasks six times."""

_HOUR = timedelta(hours=1)
_PAUSE_SECONDS = 30.0
_TURNOVERS = 2
_BURSTS = 4


def storm(
    lives: Sequence[Any], done: Sequence[Any], most: int, now: datetime
) -> dict[str, Any] | None:
    """Return how often, and from when to when, if there is one and it goes on.

    lives: rows of MemberLives of the group. done: rows of its rebalances, marked as is_recent and
    is_unchanged. most: how many members it had.
    """
    recent = [row for row in done if row.is_recent]
    for at, enough in (
        (_short_stays(lives, now), UNEXPLAINED),
        ([row.completed_at for row in recent if known(row.failed_before)], UNEXPLAINED),
        ([row.completed_at for row in recent if row.is_unchanged], UNCHANGED),
    ):
        if len(at) < enough or (now - at[-1]).total_seconds() > _quiet_seconds(at):
            continue
        if _bursts(at) >= _BURSTS or len(at) > _TURNOVERS * most:
            return {
                "times": len(at),
                "first_at": at[0],
                "last_at": at[-1],
            }
    return None


def _short_stays(lives: Sequence[Any], now: datetime) -> list[datetime]:
    """Return when the stays ended that were seen to begin and end within the hour."""
    return sorted(
        life.ended_at
        for life in lives
        if life.ending == "left" and not life.emptied_group and life.began_at >= now - _HOUR
    )


def _quiet_seconds(at: Sequence[datetime]) -> float:
    """Return after how long without another one it is over."""
    return max(60.0, 3 * (at[-1] - at[0]).total_seconds() / len(at))


def _bursts(at: Sequence[datetime]) -> int:
    """Count the times at which something happens, apart by a pause."""
    pauses = ((b - a).total_seconds() > _PAUSE_SECONDS for a, b in pairwise(at))
    return 1 + sum(pauses)
