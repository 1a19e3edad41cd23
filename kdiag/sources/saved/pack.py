"""A column of a table as a file holds it: the shortest of four shapes.

* a list: the values as they are.
* `{"same": value}`: every row has it.
* `{"words": [value…], "at": [step…]}`: the distinct values, and for each row where in them.
* `{"steps": [step…], "unknown": [row…]}`: numbers and times, and the rows that have none.

A step is the difference to the row before (to 0 in the first one), modulo 2^64: offsets and ids
rise evenly in most tables, so that steps are short and repeat. Times are nanoseconds since 1970.
"""

import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas

NUMBERS = ("int", "time")
"""Kinds of column that are held in steps."""

_FEW = 2  # words are worth their while where each stands in as many rows, on average


def packed(kind: str, column: "pandas.Series[Any]") -> Any:
    """Return a column of a kind of Table as JSON can hold it; what is not known is null."""
    if len(column) == 0:
        return []
    return _number(kind, column) if kind in NUMBERS else _worded(values_of(kind, column))


def values_of(kind: str, column: "pandas.Series[Any]") -> list[Any]:
    """Return the values of a column that holds no whole numbers, None for what is not known."""
    values: list[Any] = column.tolist()
    if kind == "object":
        return values
    if kind == "float":
        return [x if math.isfinite(x) else None if x != x else str(x) for x in values]
    known = column.notna().tolist()
    return [x if is_known else None for x, is_known in zip(values, known, strict=True)]


def _number(kind: str, column: "pandas.Series[Any]") -> Any:
    is_unknown = column.isna().to_numpy(dtype=bool)
    if kind == "time":
        numbers = column.dt.as_unit("ns").astype("int64").to_numpy(copy=True)
    else:
        numbers = column.fillna(0).to_numpy(dtype="int64", copy=True)
    if is_unknown.all():
        return {"same": None}
    if not is_unknown.any() and (numbers == numbers[0]).all():
        return {"same": int(numbers[0])}
    last_known = np.maximum.accumulate(np.where(is_unknown, -1, np.arange(len(numbers))))
    filled = np.where(last_known < 0, 0, numbers[last_known])
    return {"steps": _steps(filled), "unknown": np.flatnonzero(is_unknown).tolist()}


def _steps(numbers: Any) -> list[int]:
    """Return the differences of whole numbers; they wrap around as those of 64 bits do."""
    steps: list[int] = np.diff(numbers, prepend=np.int64(0)).tolist()
    return steps


def _worded(values: Sequence[Any]) -> Any:
    if not all(isinstance(value, Hashable) for value in values):
        return list(values)
    try:
        places: dict[Any, int] = {}
        at = [places.setdefault(value, len(places)) for value in values]
    except TypeError:  # a tuple that holds a mapping
        return list(values)
    if len(places) == 1:
        return {"same": values[0]}
    if len(places) * _FEW > len(values):
        return list(values)
    return {"words": list(places), "at": _steps(np.array(at, dtype="int64"))}
