"""Folds symptoms under their causes, then merges what is the same.

Nothing folds under a lesser severity: its root is raised. Equal are findings of the same check,
severity, root and waiver; a merged one lists its objects.
Places in files are mended one by one, so they stay single.
Folded and waived findings stay in the report.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kdiag.check import Check
from kdiag.finding import (
    CLUSTER,
    CONFIDENCES,
    SEVERITIES,
    Action,
    CheckResult,
    Finding,
    Reported,
    Severity,
    Subject,
    fingerprint,
)
from kdiag.fold import Mark, Said, fold
from kdiag.wording import listed

_ACTIONS = 3


Marking = Callable[[str, Finding], Mark]
"""Check and finding → what is known of it beside itself."""


def correlate(
    results: Sequence[CheckResult],
    checks: Mapping[str, Check],
    cluster_id: str | None,
    marking: Marking = lambda _check, _finding: Mark(),
) -> tuple[Reported, ...]:
    """Return the findings of all results, folded, merged, and ordered by what matters first."""
    said = [
        Said(checks[result.check], finding, marking(result.check, finding))
        for result in results
        for finding in result.findings
    ]
    folds = fold(said)
    worse = {item: _raised(item, severity, marking) for item, severity in folds.severities.items()}
    roots = {item: worse.get(root, root) for item, root in folds.roots.items()}
    top = [worse.get(item, item) for item in said if item not in roots]
    reported: dict[Said, Reported] = {}
    _merge(top, {}, cluster_id, reported)
    _merge(
        list(roots), {item: reported[root] for item, root in roots.items()}, cluster_id, reported
    )
    return _ordered(dict.fromkeys(reported.values()))


def _raised(item: Said, severity: Severity, marking: Marking) -> Said:
    """Return a root that is as severe as what it explains, and says so."""
    finding = replace(item.finding, severity=severity)
    mark = marking(item.check.id, finding)
    note = f"It is {severity} because of what it explains."
    return replace(item, finding=finding, mark=replace(mark, notes=(*mark.notes, note)))


def _merge(
    said: Sequence[Said],
    roots: Mapping[Said, Reported],
    cluster_id: str | None,
    reported: dict[Said, Reported],
) -> None:
    """Add one Reported for each check, severity, kind, root and mark, under all that it holds."""
    alike: dict[tuple[str, str, str, str | None, Mark, int], list[Said]] = {}
    for item in said:
        root = roots[item].fingerprint if item in roots else None
        own = id(item) if item.finding.subject.type == "file" else 0
        finding = item.finding
        key = (item.check.id, finding.severity, finding.kind, root, item.mark, own)
        alike.setdefault(key, []).append(item)
    for (_, _, _, root, _, _), items in alike.items():
        merged = _merged(items, root, cluster_id)
        reported.update(dict.fromkeys(items, merged))


def _merged(items: Sequence[Said], root: str | None, cluster_id: str | None) -> Reported:
    check, first, mark = items[0].check, items[0].finding, items[0].mark
    findings = [item.finding for item in items]
    shared = _shared([finding.subject for finding in findings])
    one = Reported(
        check.id,
        first,
        fingerprint(check.id, cluster_id, first.subject),
        explained_by=root,
        escalate=check.escalate,
        waiver=mark.waiver,
        notes=mark.notes,
        novelty=mark.novelty,
    )
    if len(items) == 1:
        return one
    whole = replace(
        first,
        subject=shared,
        symptom=_likewise(findings),
        evidence={**_common_evidence(findings), "object_count": len(findings)},
        actions=_distinct_actions(findings),
        confidence=max((f.confidence for f in findings), key=CONFIDENCES.index),
        since=min((f.since for f in findings if f.since), default=None),
        covers=frozenset().union(*(finding.covers for finding in findings)),
        due=min(findings, key=lambda finding: finding.due_order).due,
    )
    return replace(
        one,
        finding=whole,
        fingerprint=fingerprint(check.id, cluster_id, shared, _apart(root, first, mark)),
        objects=tuple(_object(check.id, finding, cluster_id) for finding in findings),
    )


def _apart(root: str | None, first: Finding, mark: Mark) -> str:
    """Return what tells merged findings on one object apart: root, severity, mark and kind."""
    kind = (first.kind,) if first.kind else ()
    return "\x00".join(("merged", root or "", first.severity, repr(mark), *kind))


def _object(check: str, finding: Finding, cluster_id: str | None) -> Mapping[str, Any]:
    return {
        "subject": finding.subject.as_dict(),
        "fingerprint": fingerprint(check, cluster_id, finding.subject),
        "symptom": finding.symptom,
        "cause": finding.cause,
        "impact": finding.impact,
        "confidence": finding.confidence,
        "since": finding.since,
        "evidence": dict(finding.evidence),
        "actions": finding.actions,
    }


def _shared(subjects: Sequence[Subject]) -> Subject:
    """Return what all subjects have in common: a topic, a broker, a group, else the cluster."""
    for key, type_ in (("group", "group"), ("topic", "topic"), ("broker", "broker")):
        values = {subject.get(key) for subject in subjects}
        if len(values) == 1 and None not in values:
            name = "id" if type_ == "broker" else key
            return Subject.of(type_, **{name: values.pop()})
    return CLUSTER


def _likewise(findings: Sequence[Finding]) -> str:
    others = listed(finding.subject for finding in findings[1:])
    return f"{findings[0].symptom} The same holds for {others}."


def _common_evidence(findings: Sequence[Finding]) -> dict[str, Any]:
    first = findings[0].evidence
    return {
        key: value
        for key, value in first.items()
        if all(finding.evidence.get(key) == value for finding in findings)
    }


def _distinct_actions(findings: Sequence[Finding]) -> tuple[Action, ...]:
    distinct = dict.fromkeys(action for finding in findings for action in finding.actions)
    return tuple(distinct)[:_ACTIONS]


def _ordered(reported: Iterable[Reported]) -> tuple[Reported, ...]:
    """Order roots by severity, by what breaks next, confidence and reach; each before its own."""
    items = list(reported)
    reach = {item.fingerprint: item.object_count for item in items}
    for item in items:
        if item.explained_by is not None:
            reach[item.explained_by] += item.object_count

    def rank(item: Reported) -> tuple[int, tuple[bool, float], int, int, str, str]:
        finding = item.finding
        severity, confidence = SEVERITIES.index(finding.severity), finding.confidence
        certainty, wide = CONFIDENCES.index(confidence), -reach[item.fingerprint]
        return severity, finding.due_order, certainty, wide, item.check, str(finding.subject)

    roots = sorted((item for item in items if item.is_root), key=rank)
    children = sorted((item for item in items if not item.is_root), key=rank)
    return tuple(
        item
        for root in roots
        for item in [root, *(c for c in children if c.explained_by == root.fingerprint)]
    )
