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
    logs = rows[_LOG].drop_duplicates(ignore_index=True).reset_index(names="log")
    log = rows[_LOG].merge(logs, "left", _LOG)["log"].to_numpy("int64")
    wanted = rows[offset].to_numpy("int64")
    end = rows["end_offset"].to_numpy("int64", na_value=-1)
    for ends, ages in _times(past, logs):
        then, age = ends[log], ages[log]  # an age of NaN: of that log nothing is known
        at_least = np.fmax(at_least, np.where(wanted < then, age, np.nan))
        at_most = np.fmin(at_most, np.where(wanted >= then, age, np.nan))
        is_written |= (age <= lately_seconds) & (then < end)
    made = {"at_least": at_least, "at_most": at_most, "is_written": is_written}
    return pandas.DataFrame(made, index=rows.index)


def _times(past: EndOffsetHistory, logs: Any) -> Any:
    """Yield end offsets and their ages, one a log each time, until no log has further ones."""
    import numpy as np

    known = past.rows[past.rows["end_offset"].notna()].merge(logs, on=_LOG)
    for _, some in known.groupby(known.groupby("log").cumcount()):
        ends, ages = np.zeros(len(logs), "int64"), np.full(len(logs), np.nan)
        place = some["log"].to_numpy("int64")
        ends[place] = some["end_offset"].to_numpy("int64")
        ages[place] = some["age_seconds"].to_numpy("float64")
        yield ends, ages
