"""The report as JSON, schema_version 1: everything that was found, nothing capped.

Additive changes only. What is not known is null; numbers are numbers, whatever library they came
from; times are UTC. `report.schema.json` beside this file describes it.
"""

import json
import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kdiag.finding import (
    Action,
    Baseline,
    CheckResult,
    Control,
    Report,
    Reported,
    Subject,
    Waiver,
    WaiverState,
)

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Return the report as a JSON document that ends in a newline."""
    return json.dumps(document(report), indent=2, allow_nan=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as plain dicts, lists, strings and numbers, in the order of the schema."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "kdiag", "version": report.version},
        "cluster": _cluster(report.cluster),
        **({"pseudonyms": list(report.pseudonyms)} if report.pseudonyms else {}),
        "started_at": plain(report.started_at),
        "duration_seconds": round(float(report.duration_seconds), 3),
        "requests": _requests(report.requests),
        "errors": [{"target": target, "error": error} for target, error in report.errors],
        "verdict": {"status": report.verdict.status, "sentence": report.verdict.sentence},
        "coverage": report.coverage,
        **({"baseline": _baseline(report.baseline)} if report.baseline else {}),
        "waivers": [_waiver_state(state) for state in report.waivers],
        "findings": [_finding(item) for item in report.findings],
        "results": [_result(result) for result in report.results],
    }


def _cluster(cluster: Mapping[str, Any]) -> dict[str, Any]:
    mode = cluster.get("mode")
    return {
        "id": plain(cluster.get("id")),
        "name": plain(cluster.get("name")),
        "mode": None if mode == "unknown" else mode,
        "version": plain(cluster.get("version")),
        **({"service": plain(cluster["service"])} if cluster.get("service") else {}),
        "brokers": [
            {key: plain(broker.get(key)) for key in ("id", "host", "port", "rack")}
            for broker in cluster.get("brokers", ())
        ],
    }


def _requests(by_api: Mapping[str, int]) -> dict[str, Any]:
    counts = {api: int(by_api[api]) for api in sorted(by_api)}
    return {"total": sum(counts.values()), "by_api": counts, "writes": 0}


def _finding(item: Reported) -> dict[str, Any]:
    finding = item.finding
    return {
        "check": item.check,
        "severity": finding.severity,
        "confidence": finding.confidence,
        **({"escalate": True} if item.escalate else {}),
        "subject": finding.subject.as_dict(),
        "symptom": finding.symptom,
        "impact": finding.impact,
        "cause": finding.cause or None,
        "evidence": _evidence(item),
        "actions": [_action(action) for action in finding.actions],
        "since": plain(finding.since),
        **_due(finding.due),
        "fingerprint": item.fingerprint,
        "explained_by": item.explained_by,
        "waiver": None if item.waiver is None else _waiver(item.waiver),
        **({"notes": list(item.notes)} if item.notes else {}),
        **({"novelty": item.novelty} if item.novelty else {}),
        "runbook": item.check,
    }


def _due(due: float | str) -> dict[str, Any]:
    is_event = isinstance(due, str)
    return {"due_seconds": None if is_event else plain(due), "due_event": due if is_event else None}


def _baseline(baseline: Baseline) -> dict[str, Any]:
    return {
        "started_at": plain(baseline.started_at),
        "version": baseline.version,
        "hidden": dict(baseline.hidden),
        "gone": [_left(item) for item in baseline.gone],
        "unseen": [_left(item) for item in baseline.unseen],
    }


def _left(item: Reported) -> dict[str, Any]:
    return {
        "check": item.check,
        "severity": item.finding.severity,
        "subject": item.finding.subject.as_dict(),
        "fingerprint": item.fingerprint,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires,
        **({"ticket": waiver.ticket} if waiver.ticket else {}),
    }


def _waiver_state(state: WaiverState) -> dict[str, Any]:
    return {
        "state": state.status,
        "check": state.check,
        "match": dict(state.match),
        "fingerprints": list(state.fingerprints),
        **_waiver(state.waiver),
        "days_left": state.days_left,
        "waived_count": state.waived,
        "returned_count": state.returned,
        "line": state.line,
    }


def _evidence(item: Reported) -> dict[str, Any]:
    evidence: dict[str, Any] = plain(item.finding.evidence)
    if item.objects:
        evidence["objects"] = [
            {key: plain(one[key]) for key in ("subject", "fingerprint", "symptom", "evidence")}
            for one in item.objects
        ]
    return evidence


def _action(action: Action) -> dict[str, Any]:
    return {"text": action.text, "command": action.command, "effect": action.effect}


def _result(result: CheckResult) -> dict[str, Any]:
    return {
        "check": result.check,
        "area": result.about.area,
        "title": result.about.title,
        "controls": [_control(control) for control in result.about.controls],
        "status": result.status,
        "reason": result.reason,
        "needs": result.needs,
        "examined": result.examined,
        **({"unseen": list(result.unseen)} if result.unseen else {}),
        "duration_seconds": round(float(result.duration_seconds), 6),
    }


def _control(control: Control) -> dict[str, Any]:
    return {
        "framework": control.framework,
        "reference": control.reference,
        "name": control.name,
        "reason": control.reason,
    }


def plain(value: Any) -> Any:
    """Return a value of any library as JSON has it; what is not known, not a number, is None."""
    match value:
        case None | bool() | str():
            return value if value is None or isinstance(value, bool) else str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Subject():
            return value.as_dict()
        case AbstractSet():
            return [plain(item) for item in _sorted(value)]
        case list() | tuple():
            return [plain(item) for item in value]
        case date() | timedelta():
            return _time(value)
    return _number(value)


def _sorted(values: AbstractSet[Any]) -> list[Any]:
    """Return a set in the order of its values, or of their texts where they do not compare."""
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=str)


def _time(value: date | timedelta) -> str | float | None:
    """Return a time in UTC to the second, a date as it is, a duration in seconds."""
    if type(value).__name__ == "NaTType":
        return None
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def _number(value: Any) -> Any:
    """Return a number or array of any library as plain ones, anything else as its text."""
    if hasattr(value, "tolist"):
        made = value.tolist()
        return made if isinstance(made, int) else plain(made)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return None if type(value).__name__ in ("NAType", "NaTType") else str(value)
