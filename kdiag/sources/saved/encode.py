"""From a snapshot to the document of its file: tables by column, numbers exact, no secrets."""

import dataclasses
import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import kdiag
from kdiag.finding import NotApplicable
from kdiag.sections import RAW_SECTIONS
from kdiag.snapshot import Missing, Section, Snapshot, Table
from kdiag.sources.saved.redact import is_secret, without_credentials

if TYPE_CHECKING:
    import pandas

FORMAT = "kdiag snapshot"
SCHEMA_VERSION = 1

COMMON_FIELDS = ("read_at", "errors", "rows")
"""Fields that every section has; the others are its own."""

_SETTING_COLUMNS = {"key", "value", "is_sensitive"}


def encoded(snapshot: Snapshot) -> dict[str, Any]:
    """Return the document of a snapshot: dicts, lists, strings and numbers."""
    head = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "kdiag": kdiag.__version__}
    return {**head, **_sample(snapshot)}


def _sample(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "taken_at": snapshot.taken_at.isoformat(),
        "duration_seconds": snapshot.duration_seconds,
        "bootstrap": without_credentials(snapshot.bootstrap),
        "requests": dict(snapshot.requests),
        "errors": {target: without_credentials(why) for target, why in snapshot.errors.items()},
        "sections": {
            kind.__name__: _held(snapshot.sections[kind])
            for kind in RAW_SECTIONS
            if kind in snapshot.sections
        },
        "earlier": None if snapshot.earlier is None else _sample(snapshot.earlier),
    }


def _held(held: Section | Missing | NotApplicable) -> dict[str, Any]:
    match held:
        case Missing():
            return {"missing": _missing(held)}
        case NotApplicable():
            return {"not_applicable": held.reason}
    return {
        "read_at": held.read_at.isoformat(),
        "errors": {target: _missing(missing) for target, missing in held.errors.items()},
        "fields": {
            field.name: getattr(held, field.name)
            for field in dataclasses.fields(held)
            if field.name not in COMMON_FIELDS
        },
        **({"columns": _columns(held)} if isinstance(held, Table) else {}),
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {"reason": without_credentials(missing.reason), "grant": missing.grant}


def _columns(table: Table) -> dict[str, list[Any]]:
    columns = {name: _values(kind, table.rows[name]) for name, kind in type(table).columns.items()}
    if columns.keys() >= _SETTING_COLUMNS:
        _redact(columns)
    return columns


def _values(kind: str, column: "pandas.Series[Any]") -> list[Any]:
    """Return a column as JSON can hold it; what is not known is None."""
    values: list[Any]
    match kind:
        case "int":
            values = column.fillna(0).astype("int64").tolist()
        case "time":
            values = column.dt.as_unit("ns").astype("int64").tolist()
        case "float":
            values = [x if math.isfinite(x) else str(x) for x in column.astype("float64").tolist()]
        case _:
            values = column.tolist()
    if kind == "object":
        return values
    known = column.notna().tolist()
    return [value if is_known else None for value, is_known in zip(values, known, strict=True)]


def _redact(columns: dict[str, list[Any]]) -> None:
    """Leave out the values of secret settings and mark them as what brokers never return."""
    hidden = [
        bool(sensitive) or is_secret(key)
        for key, sensitive in zip(columns["key"], columns["is_sensitive"], strict=True)
    ]
    columns["is_sensitive"] = hidden
    for name in ("value", "static_value"):
        if name in columns:
            columns[name] = [
                None if secret or value is None else without_credentials(value)
                for secret, value in zip(hidden, columns[name], strict=True)
            ]


def plain(value: Any) -> Any:
    """Return what JSON has no word for as what it means: numbers of numpy, mappings, times."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if hasattr(value, "item"):
        return value.item()
    return None
