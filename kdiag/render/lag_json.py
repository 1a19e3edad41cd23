"""`kdiag lag` as JSON, schema_version 1: every row with all that is known of it.

Additive changes only. What is not known is null; times are UTC. `lag.schema.json` beside this file
describes it.
"""

import dataclasses
import json
from typing import Any

import kdiag
from kdiag.pages.changes import Changes
from kdiag.pages.lag import LagPage, LagRow
from kdiag.pages.unread import Unread
from kdiag.render.json import plain

SCHEMA_VERSION = 1
_FIELDS = tuple(field.name for field in dataclasses.fields(LagRow))


def render(page: LagPage, changed: Changes | None = None) -> str:
    """Return the page as a JSON document that ends in a newline."""
    return json.dumps(document(page, changed), indent=2, allow_nan=False) + "\n"


def document(page: LagPage, changed: Changes | None = None) -> dict[str, Any]:
    """Return the page as plain values; changed: since the page before."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "kdiag", "version": kdiag.__version__},
        "cluster": {"id": page.cluster_id},
        "started_at": plain(page.taken_at),
        "duration_seconds": round(page.duration_seconds, 3),
        "requests": page.requests,
        "is_complete": page.is_complete,
        "groups": page.groups,
        "rows": [row_of(row) | delta_of(row, changed) for row in page.rows],
        "rows_left_out": page.left_out,
        **changes_of(changed),
        "unread": [unread_of(gap) for gap in page.unread],
    }


def row_of(row: LagRow) -> dict[str, Any]:
    """Return a row; owners are null where they are not known, or the row is a topic."""
    owners = None if row.owners is None else [owner._asdict() for owner in row.owners]
    return {name: getattr(row, name) for name in _FIELDS} | {"owners": owners}


def unread_of(gap: Unread) -> dict[str, Any]:
    """Return what could not be read, why, and what would help."""
    made: dict[str, Any] = plain(dataclasses.asdict(gap))
    return made


def delta_of(row: LagRow, changed: Changes | None) -> dict[str, Any]:
    """Return by how many records the lag of a row grew; nothing without a page before."""
    if changed is None:
        return {}
    return {"lag_records_delta": changed.deltas.get(row.key), "is_new": row.key in changed.new}


def changes_of(changed: Changes | None) -> dict[str, Any]:
    """Return the age of the page before, and the rows that only it has."""
    if changed is None:
        return {}
    names = ("group", "topic", "partition")
    gone = [dict(zip(names, key, strict=True)) for key in changed.gone]
    return {"since_last_seconds": round(changed.seconds, 3), "gone": gone}
