"""Figures of groups: lag over time, rebalances over time, work by hour."""

from typing import Any

from kdiag.analysis.commit_timeline import CommitTimeline
from kdiag.analysis.forecast import LagForecast
from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.lag_history import LagHistory
from kdiag.analysis.rebalances import Rebalances
from kdiag.audit.blocks import Figure
from kdiag.audit.seen import Seen
from kdiag.wording import count, listed

_MOST_PANELS, _MOST_ROWS, _MOST_HOURS = 6, 30, 168
_HOUR_NS = 3600 * 10**9
_WHOLE_RATIO = 0.9


def lag_figure(seen: Seen) -> Figure | None:
    """Return the lag of the groups that were furthest behind, and where retention would delete."""
    lag, history = seen.held(PartitionLag), seen.held(LagHistory)
    if lag is None or history is None:
        return None
    known = history.rows[history.rows["lag_records"].notna()]
    sums = known.groupby(["group", "at"])["lag_records"].agg(["sum", "size"]).reset_index()
    most = sums.groupby("group")["size"].transform("max")
    sums = sums[sums["size"] >= most * _WHOLE_RATIO]
    now = lag.rows.groupby("group").agg(lag=("lag_records", "sum"))
    kept = _kept(lag, seen.held(LagForecast))
    peaks = sums.groupby("group")["sum"].max().to_frame("past").join(now["lag"], how="inner")
    peaks = peaks.max(axis=1)
    peaks = peaks[peaks > 0].sort_values(ascending=False)
    names = peaks.index[:_MOST_PANELS].tolist()
    if not names:
        return None
    at = lag.read_at.isoformat()
    panels = [
        {
            "name": name,
            "times": [*(each.isoformat() for each in part["at"]), at],
            "values": [*(int(each) for each in part["sum"]), int(now.at[name, "lag"])],
            "limit": kept.get(name),
        }
        for name in names
        for part in [sums[sums["group"] == name].sort_values("at")]
    ]
    return Figure(
        "lag",
        "Lag over time, and how many records retention keeps",
        "panels",
        "records",
        f"Lag of {listed(names)} over time; a dashed line is how many records retention keeps, so "
        "that a lag which reaches it loses some.",
        {"panels": panels},
    )


def _kept(lag: PartitionLag, forecast: LagForecast | None) -> dict[str, int]:
    """Return how many records retention keeps of what each group reads, at the rate of now.

    At least what is there; none for groups with a partition of which time deletes nothing.
    """
    if forecast is None:
        return {}
    key = ["group", "topic", "partition"]
    rows = lag.rows.merge(forecast.rows[[*key, "retention_seconds"]], on=key)
    held = (rows["end_offset"] - rows["log_start_offset"]).astype("float64")
    kept = (rows["produced_per_second"] * rows["retention_seconds"]).to_frame("rate")
    rows["kept"] = kept.assign(held=held).max(axis=1).where(rows["retention_seconds"].notna())
    sums = rows.groupby("group")["kept"].sum(min_count=1)
    is_whole = rows["kept"].notna().groupby(rows["group"]).all()
    return {str(name): int(records) for name, records in sums[is_whole].items()}


def rebalance_figure(seen: Seen) -> Figure | None:
    """Return when the groups that rebalanced most did so, and for how long."""
    done = seen.held(Rebalances)
    if done is None or not len(done):
        return None
    numbers = done.rows["group"].value_counts()
    names = numbers.index[:_MOST_ROWS].tolist()
    rows = [
        {
            "name": name,
            "spans": [
                (row.completed_at.isoformat(), float(row.seconds) if row.seconds > 0 else 0.0)
                for row in done.rows[done.rows["group"] == name].itertuples()
            ][-500:],
        }
        for name in names
    ]
    return Figure(
        "rebalances",
        "Rebalances over time",
        "spans",
        "time",
        f"When each of {count(len(names), 'group')} completed a rebalance; "
        f"{names[0]} did {count(int(numbers.iloc[0]), 'time')}.",
        {"rows": rows},
    )


def work_figure(seen: Seen) -> Figure | None:
    """Return how many records each group read in each hour, by its commits."""
    commits = seen.held(CommitTimeline)
    if commits is None or not len(commits):
        return None
    groups, hours, records = _steps(commits)
    first = max(int(hours.min()), int(hours.max()) - _MOST_HOURS + 1)
    sums = _table(groups[hours >= first], hours[hours >= first] - first, records[hours >= first])
    busiest = sums.sum(axis=1).sort_values(ascending=False)
    shown = sums.loc[busiest.index[:_MOST_ROWS]]
    if shown.shape[1] < 2 or not shown.to_numpy().any():
        return None
    return Figure(
        "work",
        "Records read by group and hour",
        "heatmap",
        "records an hour",
        f"Records that each of {count(len(shown), 'group')} read in each of "
        f"{shown.shape[1]} hours, by its commits; {busiest.index[0]} read most.",
        {
            "rows": shown.index.tolist(),
            "begins_at_hour": first,
            "values": [[int(value) for value in row] for row in shown.to_numpy()],
        },
    )


def _steps(commits: CommitTimeline) -> tuple[Any, Any, Any]:
    """Return group, hour since 1970 and records moved of each commit."""
    import numpy as np

    counts = commits.counts()
    key = np.repeat(np.arange(len(counts)), counts)
    moved = np.diff(commits.offsets, prepend=commits.offsets[:1]).clip(min=0)
    moved[commits.starts[:-1][counts > 0]] = 0  # the first of a key: from where it is not known
    groups = commits.keys["group"].to_numpy()[key]
    return groups, commits.at_ns // _HOUR_NS, moved


def _table(groups: Any, hours: Any, records: Any) -> Any:
    """Return one row a group and one column an hour: sums, 0 where nothing was committed."""
    import pandas

    frame = pandas.DataFrame({"group": groups, "hour": hours, "records": records})
    sums = frame.pivot_table(index="group", columns="hour", values="records", aggfunc="sum")
    return sums.reindex(columns=range(int(hours.max(initial=0)) + 1)).fillna(0)
