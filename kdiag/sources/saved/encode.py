"""From a snapshot to the document of its file: tables by column, numbers exact, no secrets.

`FORMAT.md` beside this file describes the document.
"""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import kdiag
from kdiag.finding import NotApplicable
from kdiag.sections import RAW_SECTIONS
from kdiag.snapshot import Held, Missing, Snapshot, Table
from kdiag.sources.saved.pack import packed
from kdiag.sources.saved.secret_settings import is_secret, without_credentials

FORMAT = "kdiag snapshot"
SCHEMA_VERSION = 2

COMMON_FIELDS = ("read_at", "errors", "rows")
"""Fields that every section has; the others are its own."""

_SETTING_COLUMNS = {"key", "value", "is_sensitive"}


def encoded(snapshot: Snapshot) -> dict[str, Any]:
    """Return the document of a snapshot: dicts, lists, strings and numbers."""
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "kdiag": kdiag.__version__,
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "withheld": _withheld(snapshot),
        **_sample(snapshot),
    }


def _withheld(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the file leaves out: by redaction, and secrets, which no file holds."""
    held = snapshot.withheld
    return {
        "names": dict(held.names),
        "settings": sorted({*held.settings, *_secret_settings(snapshot)}),
        "texts": held.texts,
    }


def _secret_settings(snapshot: Snapshot) -> Iterator[str]:
    samples = [snapshot] if snapshot.earlier is None else [snapshot, snapshot.earlier]
    for sample in samples:
        for held in sample.sections.values():
            if isinstance(held, Table) and held.columns.keys() >= _SETTING_COLUMNS:
                yield from held.rows.loc[_hidden(held.rows), "key"].unique()


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


def _held(held: Held) -> dict[str, Any]:
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
        **(_rows(held) if isinstance(held, Table) else {}),
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {"reason": without_credentials(missing.reason), "grant": missing.grant}


def _rows(table: Table) -> dict[str, Any]:
    rows = table.rows
    if table.columns.keys() >= _SETTING_COLUMNS:
        rows = _without_secrets(rows)
    columns = {name: packed(kind, rows[name]) for name, kind in table.columns.items()}
    return {"rows": len(rows), "columns": columns}


def _without_secrets(rows: Any) -> Any:
    """Leave out the values of secret settings and mark them as what brokers never return."""
    hidden = _hidden(rows)
    made: dict[str, list[Any]] = {"is_sensitive": hidden}
    for name in {"value", "static_value"} & set(rows.columns):
        made[name] = [
            None if secret or value is None else without_credentials(value)
            for secret, value in zip(hidden, rows[name], strict=True)
        ]
    return rows.assign(**made)


def _hidden(rows: Any) -> list[bool]:
    pairs = zip(rows["key"], rows["is_sensitive"], strict=True)
    return [bool(sensitive) or is_secret(key) for key, sensitive in pairs]
