"""The report as SARIF 2.1.0 (OASIS standard), for GitHub code scanning and other viewers.

A rule is a check, a result is a finding on one object. Its fingerprint is given as `kdiag/v1`, and
as `primaryLocationLineHash`, the only one by which GitHub tells alerts apart. The object itself is
a logical location; a finding on a file is at its line and column. GitHub shows no result without a
file, and a cluster has none: so each has the path `kafka/CLUSTER/TYPE/NAME` beside it, which exists
nowhere, but is stable and can be read.

Waived findings are results with an accepted suppression. A check that could not be evaluated is a
notification of the invocation, at level error: a run without results is not a clean one.

There is no `helpUri`, since runbooks come with kdiag and not from a server; `help` has their text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from kdiag.finding import CheckResult, Novelty, Report, Reported, Subject
from kdiag.render.coverage import why
from kdiag.render.json import plain
from kdiag.render.layout import clean
from kdiag.render.sarif_rules import LEVELS, rules_of
from kdiag.render.waivers import waived_words
from kdiag.single import Single, singles

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_STATES: dict[Novelty, str] = {
    "new": "new",
    "seen": "new",
    "returned": "new",
    "worse": "updated",
    "better": "updated",
    "known": "unchanged",
}


def render(report: Report) -> str:
    """Return a SARIF log with one run, as JSON on one line: it is for programs, and may be long."""
    return json.dumps(document(report), allow_nan=False, separators=(",", ":")) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the log as plain dicts, lists, strings and numbers."""
    found = list(singles(report))
    rules = rules_of(report, [*report.findings, *_left(report)])
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    cluster = _cluster(report)
    run = {
        "tool": {"driver": {"name": "kdiag", "version": report.version, "rules": rules}},
        "automationDetails": {"id": f"kdiag/{_segment(cluster)}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [*_results(report, found, cluster, index)],
        "properties": {"cluster": clean(cluster), "coverage": report.coverage},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _cluster(report: Report) -> str:
    return str(report.cluster.get("id") or "unknown")


def _left(report: Report) -> Iterator[Reported]:
    if report.baseline is not None:
        yield from (*report.baseline.gone, *report.baseline.unseen)


def _results(
    report: Report, found: Sequence[Single], cluster: str, index: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """Yield what was found; with a baseline also what was found then, and is not any more.

    What is not seen any more is unchanged, since nobody knows that it is gone.
    """
    for one in found:
        state = _STATES[one.item.novelty] if one.item.novelty else None
        yield _result(one, cluster, index, state)
    if report.baseline is not None:
        for items, state in (
            (report.baseline.gone, "absent"),
            (report.baseline.unseen, "unchanged"),
        ):
            for item in items:
                one = Single(item, item.finding, item.fingerprint, None)
                yield _result(one, cluster, index, state)


def _result(
    one: Single, cluster: str, index: Mapping[str, int], state: str | None
) -> dict[str, Any]:
    finding = one.finding
    return {
        "ruleId": one.item.check,
        "ruleIndex": index[one.item.check],
        **({"baselineState": state} if state else {}),
        "kind": "fail",
        "level": LEVELS[finding.severity],
        "message": {"text": clean(f"{finding.symptom} {finding.impact}".strip())},
        "locations": [_location(finding.subject, cluster)],
        "partialFingerprints": {
            "kdiag/v1": one.fingerprint,
            "primaryLocationLineHash": f"{one.fingerprint}:1",
        },
        "suppressions": _suppressions(one),
        "properties": {
            "subject": _clean_values(finding.subject.as_dict()),
            "confidence": finding.confidence,
            "since": plain(finding.since),
            "explainedBy": one.item.explained_by,
        },
    }


def _location(subject: Subject, cluster: str) -> dict[str, Any]:
    """Return the object as a logical location, and the path that stands for it, or is one."""
    if subject.type == "file":
        return _place(subject)
    names = [str(value) for _, value in subject.keys]
    path = "/".join(map(_segment, ("kafka", cluster, subject.type, *names)))
    return {
        "physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 1}},
        "logicalLocations": [
            {"name": clean(str(subject)), "fullyQualifiedName": path, "kind": subject.type}
        ],
    }


def _place(subject: Subject) -> dict[str, Any]:
    """Return where in a file; its path as it was given, which viewers take from the checkout."""
    region = {"startLine": subject.get("line") or 1, "startColumn": subject.get("column") or 1}
    uri = quote(clean(str(subject["path"])), safe="/")
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}
    }
    if key := subject.get("key"):
        place["logicalLocations"] = [{"name": clean(str(key)), "kind": "member"}]
    return place


def _segment(name: str) -> str:
    """Return a name as one segment of a path, never as the one above."""
    shown = clean(name)
    return quote(shown.replace(".", "%2E") if set(shown) == {"."} else shown, safe="")


def _suppressions(one: Single) -> list[dict[str, str]]:
    if one.waiver is None:
        return []
    why = clean(waived_words(one.waiver))
    return [{"kind": "external", "status": "accepted", "justification": why}]


def _clean_values(values: Mapping[str, str | int]) -> dict[str, str | int]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}


def _invocation(report: Report) -> dict[str, Any]:
    return {
        "executionSuccessful": report.verdict.status != "unknown",
        "startTimeUtc": plain(report.started_at),
        "endTimeUtc": plain(_end(report)),
        "toolExecutionNotifications": [*_unread(report), *_unknown(report.results)],
    }


def _end(report: Report) -> datetime:
    return report.started_at.astimezone(UTC) + timedelta(seconds=float(report.duration_seconds))


def _unread(report: Report) -> Iterator[dict[str, Any]]:
    for target, error in report.errors:
        yield {"level": "warning", "message": {"text": clean(f"{target} did not answer: {error}")}}


def _unknown(results: Sequence[CheckResult]) -> Iterator[dict[str, Any]]:
    for result in results:
        if result.status == "unknown":
            text = f"{result.check} could not be evaluated: {why(result)}"
            rule = {"id": result.check}
            yield {"level": "error", "message": {"text": clean(text)}, "associatedRule": rule}
        elif result.unseen:
            text = f"{result.check} did not see everything: {'; '.join(result.unseen)}"
            rule = {"id": result.check}
            yield {"level": "warning", "message": {"text": clean(text)}, "associatedRule": rule}
