"""How far behind a group was at some times in the past, without prior monitoring.

The end offset of then comes from ListOffsets by timestamp, the committed offset of then from the
commits in `__consumer_offsets`; or both from an earlier run of kdiag, where its samples are kept,
or from what an exporter told a Prometheus then.
"""

from dataclasses import replace
from typing import Any

from kdiag.analysis.commit_timeline import CommitTimeline
from kdiag.analysis.misdated import misdated_logs, without
from kdiag.check import derive
from kdiag.sections import Commits, EarlierSamples, EndOffsetHistory, Offsets
from kdiag.snapshot import Table

_KEY = ["topic", "partition"]


class LagHistory(Table):
    """One row a group, partition and age: where the group stood then.

    age_seconds: before `at` was asked. committed_offset: the last one committed until then; <NA>
    before the first that is known. committed_at: when that offset was committed first. end_offset:
    of the partition then; lag_records: the difference. source: history, state or prometheus.
    """

    noun = "lags of the past"
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "age_seconds": "float",
        "at": "time",
        "committed_offset": "int",
        "committed_at": "time",
        "end_offset": "int",
        "lag_records": "int",
        "source": "str",
    }


@derive()
def lag_history(
    commits: Commits,
    timeline: CommitTimeline | None,
    past: EndOffsetHistory | None,
    samples: EarlierSamples | None,
    offsets: Offsets | None,
) -> LagHistory:
    """Put together what was committed at each time for which an end offset is known.

    Where commits tell what a sample tells too, they say more: since when it was so.
    """
    import pandas

    parts = []
    if timeline is not None and past is not None:
        parts.append(_looked_up(timeline, _trusted(past, offsets)))
    taken = samples if samples is not None and len(samples) else None
    if taken is not None:
        parts.append(_remembered(taken, commits))
    rows = pandas.concat(parts) if parts else LagHistory.of().rows
    if taken is not None:
        rows = _once(rows, taken.rows["at"])
    return LagHistory(rows=rows[list(LagHistory.columns)].reset_index(drop=True))


def _once(rows: Any, times: Any) -> Any:
    """Return one row a time of those that samples were taken at: the one that knows the commit."""
    import pandas

    is_shared = rows["at"].isin(times)
    shared = rows[is_shared]
    is_known = shared["committed_offset"].notna().to_numpy()
    shared = shared.iloc[(~is_known).argsort(kind="stable")]
    return pandas.concat([rows[~is_shared], shared.drop_duplicates(["group", *_KEY, "at"])])


def _remembered(samples: EarlierSamples, commits: Commits) -> Any:
    """Return the positions of earlier runs, with their age; since when they stood is not known."""
    import pandas

    rows = samples.rows
    return rows.assign(
        committed_at=pandas.Series(pandas.NaT, rows.index, dtype="datetime64[ns, UTC]"),
        age_seconds=(commits.read_at - rows["at"]).dt.total_seconds(),
        lag_records=(rows["end_offset"] - rows["committed_offset"]).clip(lower=0),
        source=rows["source"].fillna("state"),
    )


def _trusted(past: EndOffsetHistory, offsets: Offsets | None) -> EndOffsetHistory:
    """Return the end offsets of logs whose stamps are times of writing."""
    wrong = None if offsets is None else misdated_logs(past, offsets)
    if wrong is None or wrong.empty:
        return past
    return replace(past, rows=without(past.rows, wrong).reset_index(drop=True))


def _looked_up(timeline: CommitTimeline, past: EndOffsetHistory) -> Any:
    """Look up what was committed at each time for which an end offset is known."""
    import pandas

    numbers, logs = past.numbered(*_KEY)
    keys = timeline.keys.reset_index(names="key").merge(logs.reset_index(names="log"), on=_KEY)
    rows = past.rows.assign(log=numbers).merge(keys[["group", "key", "log"]], on="log")
    place, is_known = _places(timeline, rows["key"].to_numpy("int64"), rows["at"])
    at_ns, offsets = _taken(timeline.first_at_ns(), place), _taken(timeline.offsets, place)
    committed = pandas.Series(pandas.arrays.IntegerArray(offsets, ~is_known), rows.index)
    since = pandas.Series(at_ns.astype("datetime64[ns]"), rows.index).dt.tz_localize("UTC")
    return rows.assign(
        committed_offset=committed,
        committed_at=since.where(is_known),
        lag_records=(rows["end_offset"] - committed).clip(lower=0),
        source="history",
    )


def _places(timeline: CommitTimeline, key: Any, at: Any) -> tuple[Any, Any]:
    """Return the index of the last commit of each key until a time, and where there is one."""
    import numpy as np

    when = at.dt.tz_convert(None).to_numpy("datetime64[ns]").view("int64")
    low = timeline.starts[key].copy()
    begin, high = low.copy(), timeline.starts[key + 1].copy()
    for _ in range(int(timeline.counts().max(initial=0)).bit_length() + 1):
        middle = (low + high) // 2
        is_open = low < high
        is_before = is_open & (_taken(timeline.at_ns, np.where(is_open, middle, 0)) <= when)
        low = np.where(is_before, middle + 1, low)
        high = np.where(is_open & ~is_before, middle, high)
    return np.where(low > begin, low - 1, 0), low > begin


def _taken(values: Any, places: Any) -> Any:
    return values[places] if len(values) else places * 0
