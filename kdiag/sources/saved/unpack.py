"""From the column of a file to a column of a table; everything is checked before it is believed."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kdiag.sources.saved.pack import NUMBERS

if TYPE_CHECKING:
    import pandas

T = TypeVar("T")

Array = NDArray[Any]
Column = tuple[Array, Array]
"""The values of a column, and which of them are not known."""

_ALLOWED: Mapping[str, set[type]] = {
    "int": {int, NoneType},
    "time": {int, NoneType},
    "float": {float, int, str, NoneType},
    "bool": {bool},
    "str": {str, NoneType},
    "object": {list, dict, NoneType},
}
"""Kind of a column → the types that its values may have in the file."""


class Malformed(Exception):
    """The document is not what a snapshot looks like: where, and what."""


def unpacked(name: str, kind: str, held: Any, rows: int) -> "pandas.Series[Any]":
    """Return a column of that many rows. Raises Malformed where it is not one of its kind."""
    values, is_unknown = _values(name, kind, held, rows)
    if len(values) != rows:
        raise Malformed(f"{name} has {len(values)} rows instead of {rows}")
    return _series(kind, values, is_unknown)


def _values(name: str, kind: str, held: Any, rows: int) -> Column:
    """Return the values of any shape, and which are not known."""
    if isinstance(held, list):
        return _array(name, kind, held)
    match held:
        case {"same": value}:
            one, is_unknown = _array(name, kind, [value])
            return np.repeat(one, rows), np.repeat(is_unknown, rows)
        case {"words": list(words), "at": list(at)}:
            places = _steps(name, at)
            made, is_unknown = _array(name, kind, words)
            _require_within(name, places, len(made))
            return made[places], is_unknown[places]
        case {"steps": list(steps), "unknown": list(unknown)} if kind in NUMBERS:
            numbers, places = _steps(name, steps), _whole(name, unknown)
            _require_within(name, places, len(numbers))
            is_unknown = np.zeros(len(numbers), dtype=bool)
            is_unknown[places] = True
            return numbers, is_unknown
    raise Malformed(f"{name} is {str(held)[:40]!r}")


def _require_within(name: str, places: Array, length: int) -> None:
    if len(places) and not 0 <= places.min() <= places.max() < length:
        raise Malformed(f"{name} points beyond its {length} values")


def _steps(name: str, steps: list[Any]) -> Array:
    """Return the numbers whose differences these are; they wrap around at 64 bits."""
    return _whole(name, steps).cumsum()


def _whole(name: str, numbers: list[Any]) -> Array:
    if set(map(type, numbers)) - {int}:
        raise Malformed(f"{name} holds what is no whole number")
    return tried(name, lambda: np.array(numbers, dtype="int64"))


def _array(name: str, kind: str, values: list[Any]) -> Column:
    """Return the values of a list, once their types were looked at, and which are not known."""
    wrong = set(map(type, values)) - _ALLOWED[kind]
    if wrong:
        raise Malformed(f"{name} holds a {wrong.pop().__name__}")
    is_unknown = np.array([value is None for value in values], dtype=bool)
    match kind:
        case "int" | "time":
            return _whole(name, [0 if value is None else value for value in values]), is_unknown
        case "float":
            floats = tried(name, lambda: [math.nan if x is None else float(x) for x in values])
            return np.array(floats, dtype="float64"), is_unknown
        case "bool":
            return np.array(values, dtype=bool), is_unknown
    made = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        made[place] = frozen(value)
    return made, is_unknown


def _series(kind: str, values: Array, is_unknown: Array) -> "pandas.Series[Any]":
    """Return the values with the dtype that kdiag.snapshot.Table gives their kind."""
    import pandas

    match kind:
        case "int":
            return pandas.Series(pandas.arrays.IntegerArray(values, is_unknown))
        case "time":
            nanoseconds = np.where(is_unknown, np.iinfo("int64").min, values)
            stamps = pandas.DatetimeIndex(nanoseconds.view("datetime64[ns]"))
            return pandas.Series(stamps.tz_localize("UTC"))
    return pandas.Series(values, dtype=values.dtype)


def frozen(value: Any) -> Any:
    """Return lists as the tuples that they were, and times as times."""
    if isinstance(value, list):
        return tuple([frozen(x) if isinstance(x, list | dict) else x for x in value])
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$time"}:
        return time_of("$time", value["$time"])
    return {key: frozen(item) for key, item in value.items()}


def time_of(name: str, text: Any) -> datetime:
    """Return a time out of its text. Raises Malformed where it is none, or has no time zone."""
    if not isinstance(text, str):
        raise Malformed(f"{name} is {str(text)[:40]!r}")
    time = tried(name, lambda: datetime.fromisoformat(text))
    if time.tzinfo is None:
        raise Malformed(f"{name} has no time zone")
    return time.astimezone(UTC)


def tried(name: str, make: Callable[[], T]) -> T:
    """Return what is made, or say that it cannot be made of these values."""
    try:
        return make()
    except (ValueError, TypeError, OverflowError) as error:
        raise Malformed(f"{name}: {str(error).splitlines()[0][:80]}") from None
