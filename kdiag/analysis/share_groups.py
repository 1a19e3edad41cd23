"""How far share groups are behind, what holds them up, and what of it they lose.

A share group has no committed offset: each record is locked, and then acknowledged or given back,
by itself (KIP-932). Its start offset is the first record that is not done with, so one record can
hold it while everything behind is done; only the lag that the coordinator tells counts rightly
(KIP-1226).
"""

from typing import Any

from kdiag.analysis.lag import GROWTH_RATIO, OLD_SECONDS
from kdiag.analysis.unread_ages import unread_ages
from kdiag.check import Earlier, derive
from kdiag.sections import (
    EndOffsetHistory,
    Groups,
    Members,
    Offsets,
    ShareOffsets,
    ShareStateHistory,
)
from kdiag.snapshot import Missing, Section, Table

IDLE_SECONDS = 60
"""How long a share group may work on records without acknowledging any.

The longest lock that a group may have, group.share.max.record.lock.duration.ms, is 60 s."""

HELD_SECONDS = 300
"""How long one record may keep the start offset: as many locks as it has deliveries.

group.share.delivery.count.limit is 5."""

_NOISE = 0.5
"""Part of what is written that may seem completed: lags and end offsets are read in turn, and a
cluster under load takes seconds for it."""

_AVAILABLE = 0  # delivery state of a record that will be delivered (again)
_KEY = ["group", "topic", "partition"]


class ShareLag(Table):
    """One row a share group and topic: how far behind, and what moved between two samples.

    verdict: caught_up, moving (keeps up or drains), growing, idle (nothing was acknowledged for
    IDLE_SECONDS), held (one record has kept a start offset for HELD_SECONDS), dead (no members),
    waiting (behind, but too little or too young to judge). lag_before_records: of the earlier
    sample. held: tuple of (partition, start offset) of those that are the same in both, although
    the partition was written to and has lag. held_since: since when, at least; idle_since: when a
    record was acknowledged last, or since when none was; both <NA> without the state history.
    oldest_undone_seconds, _upper_: age of the oldest record that is not done with, at least and at
    most.
    """

    noun = "share groups with offsets"
    columns = {
        "group": "str",
        "topic": "str",
        "state": "str",
        "members": "int",
        "verdict": "str",
        "lag_records": "int",
        "lag_before_records": "int",
        "window_seconds": "float",
        "produced_per_second": "float",
        "completed_per_second": "float",
        "oldest_undone_seconds": "float",
        "oldest_undone_upper_seconds": "float",
        "held": "object",
        "held_since": "time",
        "idle_since": "time",
        "partitions": "int",
    }


@derive()
def share_lag(
    shared: ShareOffsets,
    offsets: Offsets,
    groups: Groups,
    members: Members,
    past: EndOffsetHistory,
    shared_before: Earlier[ShareOffsets] | None,
    offsets_before: Earlier[Offsets] | None,
    states: ShareStateHistory | None,
) -> ShareLag | Missing:
    """Join start and end offsets of both samples with the end offsets of the past."""
    if not len(shared):
        return ShareLag.of()
    window = _seconds(shared_before, shared)
    rows = _joined(shared, offsets, shared_before, offsets_before)
    rows = _with_ages(rows, past)
    if shared_before is None and (rows["age"] >= OLD_SECONDS).any():
        return Missing("only one sample was taken", "--sample-seconds")
    rows = _with_holds(rows, states)
    idle = {} if states is None else _idle_since(states)
    told = rows[rows["lag_records"].notna()]
    summed = _by_topic(told, window, _seconds(offsets_before, offsets)).merge(
        groups.rows[["group", "state"]], on="group"
    )
    counted = members.rows.groupby("group").size()
    keys = zip(summed["group"], summed["topic"], strict=True)
    summed["idle_since"] = [idle.get(key) for key in keys]
    summed["members"] = summed["group"].map(counted).fillna(0).astype("int64")
    summed["verdict"] = [_verdict(row, shared.read_at) for row in summed.itertuples()]
    errors = _untold(rows) | _undecided(summed)
    return ShareLag(rows=summed[list(ShareLag.columns)], errors=errors)


def _joined(
    shared: ShareOffsets,
    offsets: Offsets,
    shared_before: ShareOffsets | None,
    offsets_before: Offsets | None,
) -> Any:
    """Return one row a group and partition with a start offset, and both samples beside it.

    Without an earlier sample its columns are <NA>.
    """
    shared_before = shared_before or ShareOffsets.of()
    offsets_before = offsets_before or Offsets.of()
    log = ["topic", "partition"]
    rows = shared.rows[shared.rows["start_offset"].notna()]
    rows = rows[[*_KEY, "start_offset", "lag_records"]]
    rows = rows.merge(offsets.rows[[*log, "log_start_offset", "end_offset"]], on=log)
    before = shared_before.rows[[*_KEY, "start_offset", "lag_records"]]
    names = {"start_offset": "start_before", "lag_records": "lag_before_records"}
    rows = rows.merge(before.rename(columns=names), on=_KEY, how="left")
    ends = offsets_before.rows[[*log, "end_offset"]].rename(columns={"end_offset": "end_before"})
    return rows.merge(ends, on=log, how="left")


def _with_ages(rows: Any, past: EndOffsetHistory) -> Any:
    """Add the bounds of the age of the record at each start offset, where there is lag."""
    behind = rows[rows["lag_records"].fillna(0) > 0]
    behind = behind.assign(reads_from=behind[["start_offset", "log_start_offset"]].max(axis=1))
    found = unread_ages(behind, past, "reads_from")
    grew = rows["end_offset"].gt(rows["end_before"]).fillna(False).astype("bool")
    return rows.assign(
        age=found["at_least"].reindex(rows.index),
        age_upper=found["at_most"].reindex(rows.index),
        written_lately=grew | found["is_written"].reindex(rows.index, fill_value=False),
    )


def _with_holds(rows: Any, states: ShareStateHistory | None) -> Any:
    """Add which start offsets stand, and since when their coordinator has known them."""
    stands = (rows["start_offset"] == rows["start_before"]).fillna(False).astype("bool")
    stands &= (rows["lag_records"] > 0).fillna(False).astype("bool") & rows["written_lately"]
    rows = rows.assign(stands=stands, held_since=None)
    if states is None:
        return rows
    known = states.rows[states.rows["start_offset"].notna()]
    first = known.groupby([*_KEY, "start_offset"])["written_at"].min().rename("first_at")
    found = rows.merge(first.reset_index(), on=[*_KEY, "start_offset"], how="left")
    rows["held_since"] = found["first_at"].where(found["stands"]).tolist()
    return rows


def _idle_since(states: ShareStateHistory) -> dict[tuple[str, str], Any]:
    """Return (group, topic) → when a record was acknowledged last; since when none was."""
    known = states.rows[states.rows["topic"].notna()]
    is_done = known["batches"].map(lambda each: any(batch[2] != _AVAILABLE for batch in each))
    done = known[is_done.astype("bool")].groupby(["group", "topic"])["written_at"].max()
    seen = known.groupby(["group", "topic"])["seen_from"].max()
    return {key: done.get(key, since) for key, since in seen.items()}


def _seconds(before: Section | None, after: Section) -> float:
    return float("nan") if before is None else (after.read_at - before.read_at).total_seconds()


def _by_topic(rows: Any, window: float, ends_window: float) -> Any:
    """Sum the partitions of each group and topic.

    window, ends_window: between the two readings of lags, and between those of end offsets.
    """
    rows = rows.assign(
        produced=(rows["end_offset"] - rows["end_before"]).clip(lower=0).fillna(0),
        risen=(rows["lag_records"] - rows["lag_before_records"]).fillna(0),
    )
    summed = rows.groupby(["group", "topic"], as_index=False, sort=False).agg(
        lag_records=("lag_records", "sum"),
        lag_before_records=("lag_before_records", "sum"),
        produced=("produced", "sum"),
        risen=("risen", "sum"),
        oldest_undone_seconds=("age", "max"),
        oldest_undone_upper_seconds=("age_upper", "max"),
        written_lately=("written_lately", "any"),
        held_since=("held_since", "min"),
        partitions=("partition", "size"),
    )
    produced = summed["produced"].astype("float64") / ends_window
    completed = (produced - summed["risen"].astype("float64") / window).clip(lower=0)
    held: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows[rows["stands"]].itertuples():
        at = (int(row.partition), int(row.start_offset))
        held.setdefault((row.group, row.topic), []).append(at)
    keys = zip(summed["group"], summed["topic"], strict=True)
    return summed.assign(
        window_seconds=window,
        produced_per_second=produced,
        completed_per_second=completed,
        held=[tuple(held.get(key, ())) for key in keys],
    )


def _verdict(row: Any, now: Any) -> str:
    """Return the verdict of one group and topic; see ShareLag for the words."""
    if row.lag_records == 0:
        return "caught_up"
    is_old = row.oldest_undone_seconds >= OLD_SECONDS
    if not is_old or not row.written_lately:
        return "moving" if row.completed_per_second > 0 else "waiting"
    if row.completed_per_second <= _NOISE * row.produced_per_second:
        if row.members == 0:
            return "dead"
        if _has_passed(row.idle_since, now, IDLE_SECONDS):
            return "idle"
    is_losing = row.produced_per_second >= GROWTH_RATIO * row.completed_per_second
    if is_losing and row.lag_records > row.lag_before_records:
        return "growing"
    if row.held and _has_passed(row.held_since, now, HELD_SECONDS):
        return "held"
    return "moving" if row.completed_per_second > 0 else "waiting"


def _has_passed(since: Any, now: Any, seconds: float) -> bool:
    """Tell whether a time is known (it is its own equal then) and so long ago."""
    is_known = since is not None and since == since
    return is_known and bool((now - since).total_seconds() >= seconds)


def _untold(rows: Any) -> dict[str, Missing]:
    """Return the groups that have a start offset but whose lag no broker tells."""
    groups = rows[rows["lag_records"].isna()]["group"].unique()
    return {
        f"group {group}": Missing("its broker does not tell the lag", "Kafka 4.2")
        for group in groups
    }


def _undecided(rows: Any) -> dict[str, Missing]:
    """Return the groups with an old backlog of which only the state history could tell more."""
    is_old = rows["oldest_undone_seconds"] >= OLD_SECONDS
    waits = (rows["verdict"] == "waiting") & rows["written_lately"] & is_old
    return {
        f"group {group}": Missing(
            "whether it acknowledges anything is not known", "Read on Topic __share_group_state"
        )
        for group in rows[waits & rows["idle_since"].isna()]["group"].unique()
    }
