"""Whether a second sample could tell more than the first one.

Where nothing is behind, nothing rebalances and nothing is out of sync, a second look a few seconds
later shows the same; a person who waits for the answer need not wait for it.
"""

from typing import Any

from kdiag.finding import NotApplicable
from kdiag.sections import Commits, EndOffsetHistory, Groups, Offsets, Partitions
from kdiag.snapshot import Missing, Section

Held = Section | Missing | NotApplicable

SETTLED_STATES = ("Stable", "Empty", "Dead")
"""States of a group in which it is not rebalancing (GroupState of Kafka)."""

_KEY = ["topic", "partition"]


def undecided(held: dict[type[Section], Held]) -> str | None:
    """Return what only a second sample can tell, in words; None where nothing is open."""
    for section, question in _QUESTIONS.items():
        found = held.get(section)
        if isinstance(found, section):
            open_ = question(found.rows, held)
            if open_ is not None:
                return open_
    return None


def _rebalances(rows: Any, _: dict[type[Section], Held]) -> str | None:
    state = rows["state"]
    open_ = rows[state.notna() & ~state.isin(SETTLED_STATES)]
    return "whether rebalances end" if len(open_) else None


def _is_behind(rows: Any, held: dict[type[Section], Held]) -> str | None:
    """Tell whether some committed offset was already behind the end of some time ago."""
    past, ends = held.get(EndOffsetHistory), held.get(Offsets)
    if not isinstance(past, EndOffsetHistory) or not isinstance(ends, Offsets):
        return None
    known = rows[[*_KEY, "committed_offset"]].dropna()
    then = past.rows[[*_KEY, "end_offset"]]
    behind = known.merge(then, on=_KEY)
    is_old = bool((behind["committed_offset"] < behind["end_offset"]).any())
    return "growing lag from falling" if is_old else None


def _is_held_back(rows: Any, _: dict[type[Section], Held]) -> str | None:
    held = (rows["last_stable_offset"] < rows["end_offset"]).fillna(False)
    return "whether open transactions end" if bool(held.any()) else None


def _is_out_of_sync(rows: Any, _: dict[type[Section], Held]) -> str | None:
    missing = rows["isr"].map(len) < rows["replicas"].map(len)
    return "whether replicas catch up" if bool(missing.any()) else None


_QUESTIONS = {
    Groups: _rebalances,
    Commits: _is_behind,
    Offsets: _is_held_back,
    Partitions: _is_out_of_sync,
}
