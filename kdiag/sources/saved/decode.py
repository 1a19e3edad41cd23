"""From the document of a file to a snapshot; everything is checked before it is believed."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from kdiag.finding import NotApplicable
from kdiag.sections import RAW_SECTIONS
from kdiag.snapshot import Missing, Section, Snapshot, Table
from kdiag.sources.saved.encode import COMMON_FIELDS

T = TypeVar("T")

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


def decoded(document: Any) -> Snapshot:
    """Return the snapshot of a document. Raises Malformed where it is not one."""
    earlier = _part(document, "earlier", dict | None)
    sections = _part(document, "sections", dict)
    return Snapshot(
        taken_at=_time(document, "taken_at"),
        sections={
            kind: _section(kind, _part(sections, kind.__name__, dict))
            for kind in RAW_SECTIONS
            if kind.__name__ in sections
        },
        duration_seconds=_seconds(document),
        bootstrap=_part(document, "bootstrap", str),
        requests=_part(document, "requests", Mapping[str, int]),
        errors=_part(document, "errors", Mapping[str, str]),
        earlier=None if earlier is None else decoded(earlier),
    )


def _seconds(document: Any) -> float:
    given = _part(document, "duration_seconds", float)
    seconds = _tried("duration_seconds", lambda: float(given))
    if not 0 <= seconds < math.inf:
        raise Malformed(f"duration_seconds is {seconds}")
    return seconds


def _section(kind: type[Section], part: dict[str, Any]) -> Section | Missing | NotApplicable:
    if "missing" in part:
        return _missing(part["missing"])
    if "not_applicable" in part:
        return NotApplicable(_part(part, "not_applicable", str))
    fields = {
        **_own_fields(kind, _part(part, "fields", dict)),
        "read_at": _time(part, "read_at"),
        "errors": {k: _missing(v) for k, v in _part(part, "errors", dict).items()},
    }
    if not issubclass(kind, Table):
        return _tried(kind.__name__, lambda: kind(**fields))
    columns = _part(part, "columns", dict)
    needed = [name for name in kind.columns if name not in kind.later_columns]
    without = [name for name in needed if name not in columns]
    if without:
        return Missing(
            f"the file has no {', '.join(without)} of {kind.noun}", "a snapshot by this version"
        )
    there = [name for name in kind.columns if name in columns]
    values = {name: _column(kind, name, columns[name]) for name in there}
    if len({len(column) for column in values.values()}) > 1:
        raise Malformed(f"columns of {kind.__name__} differ in length")
    return _tried(kind.__name__, lambda: kind.of(values, **fields))


def _column(kind: type[Table], name: str, values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise Malformed(f"{kind.__name__}.{name} is not a list")
    wrong = set(map(type, values)) - _ALLOWED[kind.columns[name]]
    if wrong:
        raise Malformed(f"{kind.__name__}.{name} holds a {wrong.pop().__name__}")
    match kind.columns[name]:
        case "object":
            return [_frozen(value) for value in values]
        case "float":
            return _tried(
                f"{kind.__name__}.{name}", lambda: [v if v is None else float(v) for v in values]
            )
    return values


def _own_fields(kind: type[Section], given: dict[str, Any]) -> dict[str, Any]:
    import pandas

    hints = get_type_hints(kind, localns={"pandas": pandas})
    names = [field.name for field in dataclasses.fields(kind) if field.name not in COMMON_FIELDS]
    return {name: _frozen(_part(given, name, hints[name])) for name in names if name in given}


def _missing(part: Any) -> Missing:
    return Missing(_part(part, "reason", str), _part(part, "grant", str | None))


def _time(part: Any, name: str) -> datetime:
    time = _tried(name, lambda: datetime.fromisoformat(_part(part, name, str)))
    if time.tzinfo is None:
        raise Malformed(f"{name} has no time zone")
    return time.astimezone(UTC)


def _part(part: Any, name: str, hint: Any) -> Any:
    """Return one value of a mapping, where it has the type of the hint."""
    if not isinstance(part, dict) or name not in part:
        raise Malformed(f"{name} is not there")
    if not _fits(part[name], hint):
        raise Malformed(f"{name} is {str(part[name])[:40]!r}")
    return part[name]


def _fits(value: Any, hint: Any) -> bool:
    """Tell whether a value out of JSON is what a type says."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is tuple:
        return isinstance(value, list) and (
            all(_fits(item, inner[0]) for item in value)
            if inner[1:] == (...,)
            else len(value) == len(inner) and all(map(_fits, value, inner))
        )
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(_fits(item, inner[1]) for item in value.values())
    if hint is float:
        return type(value) in (int, float)
    return type(value) is (hint or NoneType)


def _frozen(value: Any) -> Any:
    """Return lists as the tuples that they were, and times as times."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$time"}:
        return _time(value, "$time")
    return {key: _frozen(item) for key, item in value.items()}


def _tried(name: str, make: Callable[[], T]) -> T:
    """Return what is made, or say that it cannot be made of these values."""
    try:
        return make()
    except (ValueError, TypeError, OverflowError) as error:
        raise Malformed(f"{name}: {str(error).splitlines()[0][:80]}") from None
