"""What differs between two reports as JSON, schema_version 1: each object, nothing capped."""

import json
from collections.abc import Mapping
from typing import Any

from kdiag.compare import KINDS, Change, Comparison, Turn
from kdiag.finding import Report
from kdiag.render.json import plain

SCHEMA_VERSION = 1


def render(comparison: Comparison) -> str:
    """Return the comparison as a JSON document that ends in a newline."""
    return json.dumps(document(comparison), indent=2, allow_nan=False) + "\n"


def document(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain dicts, lists, strings and numbers."""
    counts = dict.fromkeys(KINDS, 0)
    for change in comparison.changes:
        counts[change.kind] += len(change.objects)
    return {
        "schema_version": SCHEMA_VERSION,
        "cluster": plain(comparison.after.cluster.get("id") or comparison.before.cluster.get("id")),
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "counts": {**counts, "unchanged": comparison.unchanged},
        "changes": [row for change in comparison.changes for row in _rows(change)],
        "checks": [_turn(turn) for turn in comparison.turns],
    }


def _side(report: Report) -> dict[str, Any]:
    return {
        "version": report.version,
        "started_at": plain(report.started_at),
        "verdict": report.verdict.status,
        "coverage": report.coverage,
    }


def _rows(change: Change) -> list[Mapping[str, Any]]:
    return [
        {
            "kind": change.kind,
            "check": change.item.check,
            "subject": one.finding.subject.as_dict(),
            "fingerprint": one.fingerprint,
            "was": change.was,
            "now": change.now,
            "symptom": one.finding.symptom,
            "explained_by": change.item.explained_by,
        }
        for one in change.objects
    ]


def _turn(turn: Turn) -> dict[str, Any]:
    return {"check": turn.check, "was": turn.was, "now": turn.now, "reason": turn.reason}
