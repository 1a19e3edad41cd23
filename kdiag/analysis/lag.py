"""How far each group is behind on each partition, and what moved over which window.

Where the commits of the past can be read, the window is as long as the rhythm of the commits needs:
the end offset of then and the offset committed until then are both known. Without them, two samples
a few seconds apart say what moves; they cannot say since when, and a consumer that commits every
five seconds (auto.commit.interval.ms) looks frozen between two commits.
"""

from typing import Any

from kdiag.analysis.commit_timeline import CommitTrends
from kdiag.analysis.lag_history import LagHistory
from kdiag.analysis.unread_ages import unread_ages
from kdiag.check import Earlier, derive
from kdiag.finding import NotApplicable
from kdiag.sections import Commits, EndOffsetHistory, Offsets
from kdiag.snapshot import Missing, Table
from kdiag.wording import BEFORE_KAFKA_SECONDS

OLD_SECONDS = 30
"""Age from which an unread record is backlog: six times the default auto.commit.interval.ms."""

STALE_SECONDS = 600
"""Age from which a backlog cannot be explained by a slow rhythm of commits any more."""

LATELY_SECONDS = 3600
"""How long ago a topic that is in use was written to at the latest; the search for the age of a
backlog asks for far older times, too."""

GROWTH_RATIO = 1.3
"""Least ratio of input to progress that two samples can tell from the rhythm of commits.

In a window of 5 s a consumer that commits every 5 s may show less than its whole progress."""

RHYTHM_RATIO = 3
"""How many of its usual gaps between two commits a group may be silent."""

RARE_COMMIT_SECONDS = 60.0
"""offset.flush.interval.ms of Connect, the longest default of the usual clients (Streams has 30 s,
consumers have 5 s)."""

_LONG_SECONDS = 300.0
_RISE_RATIO = 0.05

_RATES_FROM = {"history": "history", "state": "history", "prometheus": "prometheus"}

_KEY = ["topic", "partition"]
_ID = ["group", *_KEY]


class PartitionLag(Table):
    """One row a group and partition that it committed for: how far behind, and what moved.

    lag_records: end offset minus committed offset; what retention deleted counts as not read (below
    the log start). *_before: in the earlier sample, <NA> where it lacks them or where only one was
    taken. oldest_unread_seconds: age that the oldest unread record has at least, _upper_: at most;
    NaN where it is younger than was asked for, or the past was not asked. written_lately: the
    partition grew in the window or within LATELY_SECONDS. over_seconds: the window of
    lag_then_records, produced_per_second and consumed_per_second, and rates_from: history,
    prometheus, or samples (two of this run). rises: the lag is higher than at the begin of that
    window, and than five minutes ago, where that is known, by a twentieth of what was written
    since. Of the commits in the history, <NA> without it: stands_seconds: how long the committed
    offset has stood; repeats: how often it was committed again meanwhile; usual_gap_seconds,
    longest_gap_seconds: between two commits that moved it (see CommitTrends).
    """

    noun = "committed offsets"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "committed_offset": "int",
        "log_start_offset": "int",
        "end_offset": "int",
        "last_stable_offset": "int",
        "lag_records": "int",
        "committed_before": "int",
        "end_before": "int",
        "last_stable_before": "int",
        "oldest_unread_seconds": "float",
        "oldest_unread_upper_seconds": "float",
        "written_lately": "bool",
        "over_seconds": "float",
        "rates_from": "str",
        "lag_then_records": "int",
        "produced_per_second": "float",
        "consumed_per_second": "float",
        "rises": "bool",
        "stands_seconds": "float",
        "repeats": "int",
        "usual_gap_seconds": "float",
        "longest_gap_seconds": "float",
    }


@derive()
def partition_lag(
    commits: Commits,
    offsets: Offsets,
    commits_before: Earlier[Commits] | None,
    offsets_before: Earlier[Offsets] | None,
    past: EndOffsetHistory | None,
    trends: CommitTrends | None,
    history: LagHistory | None,
) -> PartitionLag | Missing | NotApplicable:
    """Join committed and end offsets of both samples with those of the past."""
    rows = positions(commits, offsets)
    rows = _with_sample(rows, commits_before, offsets_before)
    rows = _with_ages(rows, past)
    if commits_before is None and (rows["oldest_unread_seconds"] >= OLD_SECONDS).any():
        return Missing("only one sample was taken", "--sample-seconds")
    rows = _with_trends(rows, trends, commits)
    rows = _with_then(rows, history, commits)
    rows = _with_rates(rows, _seconds_between(commits_before, commits), offsets)
    return PartitionLag(rows=rows[list(PartitionLag.columns)])


def positions(commits: Commits, offsets: Offsets) -> Any:
    """Return one row a group and partition: committed and end offset, and lag_records."""
    known = commits.rows[commits.rows["committed_offset"].notna()]
    log = offsets.rows[[*_KEY, "log_start_offset", "end_offset", "last_stable_offset"]]
    rows = known[[*_ID, "committed_offset"]].merge(log, on=_KEY, how="inner")
    rows = rows[rows["end_offset"].notna()].reset_index(drop=True)
    rows["lag_records"] = (rows["end_offset"] - rows["committed_offset"]).clip(lower=0)
    return rows


def _seconds_between(before: Commits | None, commits: Commits) -> float:
    return float("nan") if before is None else (commits.read_at - before.read_at).total_seconds()


def _with_sample(rows: Any, commits: Commits | None, offsets: Offsets | None) -> Any:
    """Add what the earlier sample had."""
    import pandas

    if commits is None or offsets is None:
        nothing = pandas.array([pandas.NA] * len(rows), dtype="Int64")
        return rows.assign(committed_before=nothing, end_before=nothing, last_stable_before=nothing)
    rows = _with(rows, commits.rows, _ID, committed_offset="committed_before")
    return _with(
        rows, offsets.rows, _KEY, end_offset="end_before", last_stable_offset="last_stable_before"
    )


def _with(rows: Any, others: Any, key: list[str], **names: str) -> Any:
    """Add columns of a table with one row a key, under other names; only these are copied.

    Two samples mostly list the same, in the same order; then nothing is looked up.
    """
    is_same = rows[key].reset_index(drop=True).equals(others[key].reset_index(drop=True))
    found = others if is_same else rows[key].merge(others[[*key, *names]], "left", key)
    return rows.assign(**{new: found[name].array for name, new in names.items()})


def _with_ages(rows: Any, past: EndOffsetHistory | None) -> Any:
    """Add the bounds of the age of each backlog, and whether its partition is written to."""
    grew = rows["end_offset"].gt(rows["end_before"]).fillna(False).astype("bool")
    if past is None or not len(past):
        nothing = float("nan")
        return rows.assign(
            oldest_unread_seconds=nothing, oldest_unread_upper_seconds=nothing, written_lately=grew
        )
    behind = rows[rows["lag_records"] > 0]
    left = behind[["committed_offset", "log_start_offset"]].max(axis=1)  # the rest was deleted
    found = unread_ages(behind.assign(unread_offset=left), past, "unread_offset", LATELY_SECONDS)
    return rows.assign(
        oldest_unread_seconds=found["at_least"].reindex(rows.index),
        oldest_unread_upper_seconds=found["at_most"].reindex(rows.index),
        written_lately=grew | found["is_written"].reindex(rows.index, fill_value=False),
    )


def _with_trends(rows: Any, trends: CommitTrends | None, commits: Commits) -> Any:
    """Add the rhythm of the commits, and since when the offset stands where it is now."""
    wanted = ["last_offset", "stands_since", "repeats", "usual_gap_seconds", "longest_gap_seconds"]
    known = rows[_ID].merge((trends or CommitTrends.of()).rows[[*_ID, *wanted]], "left", _ID)
    stands = (commits.read_at - known["stands_since"]).dt.total_seconds().clip(lower=0)
    is_last = (known["last_offset"] == rows["committed_offset"]).fillna(False).astype("bool")
    moved = known["last_offset"].notna() & ~is_last
    return rows.assign(stands_seconds=stands.where(is_last).mask(moved, 0.0), **known[wanted[2:]])


def _with_rates(rows: Any, between_seconds: float, offsets: Offsets) -> Any:
    """Add what was produced and consumed, over the shortest window that its rhythm allows.

    Progress of the past counts from commit to commit: the time since the last one is none of it.
    """
    from_past = rows["committed_then"].notna()
    over = (offsets.read_at - rows["then_at"]).dt.total_seconds().where(from_past, between_seconds)
    end_then = rows["end_then"].where(from_past, rows["end_before"])
    committed_then = rows["committed_then"].where(from_past, rows["committed_before"])
    produced = (rows["end_offset"] - end_then).clip(lower=0).astype("Float64")
    consumed = (rows["committed_offset"] - committed_then).clip(lower=0).astype("Float64")
    lag_then = (end_then - committed_then).clip(lower=0)
    from_commit = rows["stood_then_seconds"] - rows["stands_seconds"]
    reading = from_commit.where(from_past & (from_commit > 0), over)
    return rows.assign(
        over_seconds=over.astype("float64"),
        rates_from=rows["then_from"].map(_RATES_FROM).where(from_past, "samples"),
        lag_then_records=lag_then,
        rises=_is_more(rows["lag_records"], lag_then) & _rises_long(rows),
        produced_per_second=(produced / over).astype("float64"),
        consumed_per_second=(consumed / reading).astype("float64"),
    )


def _rises_long(rows: Any) -> Any:
    """Tell where the lag rose over the long window too: a steady one goes up and down."""
    written = rows["end_offset"] - rows["end_long"]
    rose = rows["lag_records"] - (rows["end_long"] - rows["committed_long"]).clip(lower=0)
    return rows["end_long"].isna() | _is_more(rose, written * _RISE_RATIO)


def _is_more(one: Any, other: Any) -> Any:
    return one.gt(other).fillna(False).astype("bool")


def _with_then(rows: Any, history: LagHistory | None, commits: Commits) -> Any:
    """Add the youngest time of the past that is as long ago as the rhythm of the commits needs.

    Five minutes, where samples are known and no rhythm. And the oldest of the last five minutes, to
    see what lasts.
    """
    known = (history or LagHistory.of()).rows
    known = known[known["committed_offset"].notna()].merge(
        rows[_ID].assign(gap_seconds=gap_known(rows)), on=_ID
    )
    unknown = (known["source"] == "history").map(
        {True: RHYTHM_RATIO * RARE_COMMIT_SECONDS, False: _LONG_SECONDS}
    )
    known["least_seconds"] = (
        (RHYTHM_RATIO * known["gap_seconds"]).fillna(unknown).clip(lower=OLD_SECONDS)
    )
    known = known[known["age_seconds"] >= known["least_seconds"]].sort_values("age_seconds")
    is_long = known["age_seconds"] <= known["least_seconds"].clip(lower=_LONG_SECONDS)
    long = known[is_long].drop_duplicates(_ID, keep="last")
    rows = _with(rows, long, _ID, committed_offset="committed_long", end_offset="end_long")
    known = known.drop_duplicates(_ID)
    stood = (commits.read_at - known["committed_at"]).dt.total_seconds()
    return _with(
        rows,
        known.assign(stood_seconds=stood),
        _ID,
        at="then_at",
        source="then_from",
        committed_offset="committed_then",
        end_offset="end_then",
        stood_seconds="stood_then_seconds",
    )


def gap_known(rows: Any) -> Any:
    """Return the time between two commits, as far as the history shows it, NaN where it does not.

    Of a single commit nothing follows: it may be the first one of a client that commits rarely.
    """
    return rows["usual_gap_seconds"].fillna(rows["longest_gap_seconds"])


def ages_of(row: Any) -> dict[str, int]:
    """Return the age of the oldest unread record as evidence, with the bounds that are known.

    None where it is stamped before Kafka was: then the stamp is wrong, or of an event long ago.
    """
    bounds = {
        "oldest_unread_at_least_seconds": row.oldest_unread_seconds,
        "oldest_unread_at_most_seconds": row.oldest_unread_upper_seconds,
    }
    if row.oldest_unread_seconds >= BEFORE_KAFKA_SECONDS:
        return {}
    return {name: round(seconds) for name, seconds in bounds.items() if seconds == seconds}
