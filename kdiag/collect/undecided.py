"""Whether a second sample could tell more than the first one.

Where nothing is behind, nothing rebalances and nothing is out of sync, a second look a few seconds
later shows the same; a person who waits for the answer need not wait for it.
"""

from typing import Any

from kdiag.pipeline_sections import ReplicationSlots
from kdiag.sections import (
    HEARTBEATS,
    Commits,
    EndOffsetHistory,
    Facts,
    Groups,
    Members,
    Offsets,
    Partitions,
    Reassignments,
    ShareOffsets,
    TieredOffsets,
)
from kdiag.snapshot import Held, Section
from kdiag.sources.admin.age_search import FIRST_AGES_SECONDS

SETTLED_STATES = ("Stable", "Empty", "Dead")
"""States of a group in which it is not rebalancing (GroupState of Kafka)."""

_SOON_READ_BYTES = 16 << 20
"""A slot that is less behind has a reader that keeps up: one segment of PostgreSQL's WAL."""

_KEY = ["topic", "partition"]


def undecided(held: dict[type[Section], Held], twice: frozenset[type[Section]]) -> str | None:
    """Return what only a second sample can tell, in words; None where nothing is open.

    twice: the sections that are to be compared with an earlier sample.
    """
    for section, question in _QUESTIONS:
        found = held.get(section)
        if section in twice and isinstance(found, section):
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
    then = past.rows[past.rows["age_seconds"] >= FIRST_AGES_SECONDS[0]][[*_KEY, "end_offset"]]
    behind = known.merge(then, on=_KEY)
    is_old = bool((behind["committed_offset"] < behind["end_offset"]).any())
    return "growing lag from falling" if is_old else None


def _is_undone(rows: Any, held: dict[type[Section], Held]) -> str | None:
    """Tell the same of share groups that have lag."""
    behind = rows[(rows["lag_records"] > 0).fillna(False)]
    return _is_behind(behind.rename(columns={"start_offset": "committed_offset"}), held)


def _is_held_back(rows: Any, _: dict[type[Section], Held]) -> str | None:
    held = (rows["last_stable_offset"] < rows["end_offset"]).fillna(False)
    return "whether open transactions end" if bool(held.any()) else None


def _is_mirrored(rows: Any, _: dict[type[Section], Held]) -> str | None:
    mirrors = rows["topic"].str.endswith(f".{HEARTBEATS}")
    return "whether heartbeats of mirrors come" if bool(mirrors.any()) else None


def _is_out_of_sync(rows: Any, _: dict[type[Section], Held]) -> str | None:
    missing = rows["isr"].map(len) < rows["replicas"].map(len)
    return "whether replicas catch up" if bool(missing.any()) else None


def _is_outside(rows: Any, held: dict[type[Section], Held]) -> str | None:
    """Tell whether some committed offset is not in its log."""
    ends = held.get(Offsets)
    if not isinstance(ends, Offsets):
        return None
    logs = ends.rows[[*_KEY, "log_start_offset", "end_offset"]].dropna()
    known = rows[[*_KEY, "committed_offset"]].dropna().merge(logs, on=_KEY)
    committed = known["committed_offset"]
    outside = (committed < known["log_start_offset"]) | (committed > known["end_offset"])
    return "whether commits outside of the log stand" if bool(outside.any()) else None


def _has_no_owner(rows: Any, held: dict[type[Section], Held]) -> str | None:
    """Tell whether a group has committed for a partition of what it reads that no member owns."""
    commits = held.get(Commits)
    if not isinstance(commits, Commits):
        return None
    rows = rows.dropna(subset=["subscription", "assignment"])
    owned = {
        (group, topic, number)
        for group, pairs in zip(rows["group"], rows["assignment"], strict=True)
        for topic, number in pairs
    }
    wanted = rows[["group", "subscription"]].explode("subscription").drop_duplicates()
    known = commits.rows[["group", *_KEY]].merge(
        wanted.rename(columns={"subscription": "topic"}), on=["group", "topic"]
    )
    is_free = any(key not in owned for key in known.itertuples(index=False, name=None))
    return "whether partitions without an owner get one" if is_free else None


def _waits_for_upload(rows: Any, _: dict[type[Section], Held]) -> str | None:
    tiered = rows["tiered_offset"].fillna(-1)
    return (
        "whether records go to remote storage" if (tiered + 1 < rows["end_offset"]).any() else None
    )


def _is_moving(rows: Any, _: dict[type[Section], Held]) -> str | None:
    return "whether reassignments move" if len(rows) else None


def _counts(rows: Any, _: dict[type[Section], Held]) -> str | None:
    return "what the counters of JMX do" if len(rows) else None


def _holds_wal(rows: Any, _: dict[type[Section], Held]) -> str | None:
    held = (~rows["is_active"] & rows["kept_bytes"].notna()) | (
        rows["behind_bytes"] > _SOON_READ_BYTES
    ).fillna(False)
    return "whether slots of databases are read" if bool(held.any()) else None


_QUESTIONS = (
    (Groups, _rebalances),
    (Commits, _is_behind),
    (Commits, _is_outside),
    (Members, _has_no_owner),
    (ShareOffsets, _is_undone),
    (Offsets, _is_held_back),
    (Offsets, _is_mirrored),
    (Partitions, _is_out_of_sync),
    (TieredOffsets, _waits_for_upload),
    (Reassignments, _is_moving),
    (ReplicationSlots, _holds_wal),
    (Facts, _counts),
)
"""Section → what it may leave open."""
