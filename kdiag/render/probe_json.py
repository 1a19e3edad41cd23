"""`kdiag probe` as JSON, schema_version 1: every broker with all that is known of it.

Additive changes only. What is not known is null; times are UTC. `probe.schema.json` beside this
file describes it.
"""

import dataclasses
import json
from typing import Any

import kdiag
from kdiag.probe.page import ProbePage
from kdiag.probe.verdict import verdict
from kdiag.render.json import plain

SCHEMA_VERSION = 1


def render(page: ProbePage) -> str:
    """Return the page as a JSON document that ends in a newline."""
    return json.dumps(document(page), indent=2, allow_nan=False) + "\n"


def document(page: ProbePage) -> dict[str, Any]:
    """Return the page as plain values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "kdiag", "version": kdiag.__version__},
        "cluster": {"id": page.cluster_id},
        "started_at": plain(page.started_at),
        "duration_seconds": round(page.duration_seconds, 3),
        "verdict": verdict(page)._asdict(),
        "topic": page.topic,
        "group": page.group,
        "run_id": page.run_id,
        "deadline_seconds": page.deadline_seconds,
        "is_interrupted": page.is_interrupted,
        "written": {
            "records": page.sent,
            "commits": page.committed,
            "made": page.made or None,
            "made_offsets_topic": page.made_offsets_topic,
        },
        "brokers": [_rounded(dataclasses.asdict(row)) for row in page.rows],
        "moved": [dataclasses.asdict(each) for each in page.moved],
        "read_errors": plain(page.read_errors),
        "commits": {
            "succeeded": page.committed,
            "failed": sum(page.failed_commits.values()),
            "errors": plain(page.failed_commits),
            "times": None if page.commit is None else _rounded(dataclasses.asdict(page.commit)),
        },
    }


def _rounded(value: Any) -> Any:
    """Return plain values, with times to the microsecond."""
    match value:
        case float():
            return round(value, 6)
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
    return plain(value)
