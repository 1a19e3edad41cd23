"""How old the first record is that a reader has not read: bounds from end offsets of the past.

Time by time for all readers, not pair by pair: 100,000 readers and a dozen times are a million
pairs.
"""

from typing import Any

from kdiag.sections import EndOffsetHistory

_LOG = ["topic", "partition"]


def unread_ages(
    rows: Any, past: EndOffsetHistory, offset: str, lately_seconds: float = float("inf")
) -> Any:
    """Return a row for each of some readers, with their index.

    rows: topic, partition, end_offset, and in the column `offset` the first that is not read.
    at_least, at_most: age of that record in seconds, NaN where the times that were asked for do not
    tell. is_written: the partition grew since some time at most lately_seconds ago.
    """
    import numpy as np
    import pandas

    nothing = np.full(len(rows), np.nan)
    at_least, at_most, is_written = nothing, nothing, np.zeros(len(rows), bool)
    _, logs = past.numbered(*_LOG)
    log = rows[_LOG].merge(logs.reset_index(names="log"), "left", _LOG)["log"]
    log = log.to_numpy("float64", na_value=-1).astype("int64")
    wanted = rows[offset].to_numpy("int64")
    end = rows["end_offset"].to_numpy("int64", na_value=-1)
    for ends, ages in _times(past):
        then, age = ends[log], ages[log]  # an age of NaN: of that log nothing is known
        at_least = np.fmax(at_least, np.where(wanted < then, age, np.nan))
        at_most = np.fmin(at_most, np.where(wanted >= then, age, np.nan))
        is_written |= (age <= lately_seconds) & (then < end)
    made = {"at_least": at_least, "at_most": at_most, "is_written": is_written}
    return pandas.DataFrame(made, index=rows.index)


def _times(past: EndOffsetHistory) -> Any:
    """Yield end offsets and their ages by log, one a log each time, until none has further ones.

    Of the last, for readers of a log that was not asked for, nothing is known.
    """
    import numpy as np

    is_known = past.rows["end_offset"].notna().to_numpy()
    numbers, logs = past.numbered(*_LOG)
    number = numbers[is_known]
    end = past.rows["end_offset"].to_numpy("int64", na_value=0)[is_known]
    age = past.rows["age_seconds"].to_numpy("float64")[is_known]
    turns = _turns(number)
    for turn in range(turns.max(initial=-1) + 1):
        mine = turns == turn
        ends, ages = np.zeros(len(logs) + 1, "int64"), np.full(len(logs) + 1, np.nan)
        ends[number[mine]], ages[number[mine]] = end[mine], age[mine]
        yield ends, ages


def _turns(numbers: Any) -> Any:
    """Return how often each number stood there before."""
    import pandas

    return pandas.Series(numbers).groupby(numbers).cumcount().to_numpy()
