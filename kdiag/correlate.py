"""Folds symptoms under their causes, then merges what is the same.

A check says in `explained_by` which other checks may be the root of its findings; a root says in
`covers` which objects it explains. A finding folds only where every object behind it is covered,
so that nothing which the root does not explain is hidden. Folded findings stay in the report.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    Subject,
    fingerprint,
)
from kdiag.wording import listed

_ACTIONS = 3


@dataclass(frozen=True, eq=False)
class _Said:
    check: Check
    finding: Finding


def correlate(
    results: Sequence[CheckResult], checks: Mapping[str, Check], cluster_id: str | None
) -> tuple[Reported, ...]:
    """Return the findings of all results, folded, merged, and ordered by what matters first."""
    said = [
        _Said(checks[result.check], finding) for result in results for finding in result.findings
    ]
    roots = _roots(said)
    top = [item for item in said if item not in roots]
    reported: dict[_Said, Reported] = {}
    _merge(top, {}, cluster_id, reported)
    _merge(
        list(roots), {item: reported[root] for item, root in roots.items()}, cluster_id, reported
    )
    return _ordered(dict.fromkeys(reported.values()))


def _roots(said: Sequence[_Said]) -> dict[_Said, _Said]:
    """Return the ultimate root of each finding that has one."""
    covering = _covering(said)
    direct = {item: parent for item in said if (parent := _parent(item, covering))}
    return {item: _ultimate(item, direct) for item in direct if _ultimate(item, direct) != item}


def _covering(said: Sequence[_Said]) -> dict[str, dict[Subject, _Said]]:
    """Return check → object → the first of its findings that covers the object."""
    covering: dict[str, dict[Subject, _Said]] = {}
    for item in said:
        covered = covering.setdefault(item.check.id, {})
        for subject in item.finding.covers:
            covered.setdefault(subject, item)
    return covering


def _parent(item: _Said, covering: Mapping[str, Mapping[Subject, _Said]]) -> _Said | None:
    objects = item.finding.because_of or {item.finding.subject}
    tables = [covering[id_] for id_ in item.check.explained_by if id_ in covering]
    found = [
        next((table[w] for table in tables for w in _wider(subject) if w in table), None)
        for subject in sorted(objects, key=str)
    ]
    return found[0] if all(found) else None


def _wider(subject: Subject) -> Iterator[Subject]:
    """Yield the subject and the subjects that contain it: its topic, its group."""
    yield subject
    if subject.type == "partition":
        yield Subject.of("topic", topic=subject["topic"])
    if subject.type == "group":
        for count in range(len(subject.keys) - 1, 0, -1):
            yield Subject("group", subject.keys[:count])


def _ultimate(item: _Said, direct: Mapping[_Said, _Said]) -> _Said:
    """Follow parents to the top; a circle ends at the finding itself and explains nothing."""
    seen = {item}
    at = item
    while at in direct:
        at = direct[at]
        if at in seen:
            return item
        seen.add(at)
    return at


def _merge(
    said: Sequence[_Said],
    roots: Mapping[_Said, Reported],
    cluster_id: str | None,
    reported: dict[_Said, Reported],
) -> None:
    """Add one Reported for each check, severity and root, under every finding that it holds."""
    alike: dict[tuple[str, str, str | None], list[_Said]] = {}
    for item in said:
        root = roots[item].fingerprint if item in roots else None
        alike.setdefault((item.check.id, item.finding.severity, root), []).append(item)
    for (_, _, root), items in alike.items():
        merged = _merged(items, root, cluster_id)
        reported.update(dict.fromkeys(items, merged))


def _merged(items: Sequence[_Said], root: str | None, cluster_id: str | None) -> Reported:
    check, first = items[0].check, items[0].finding
    if len(items) == 1:
        print_ = fingerprint(check.id, cluster_id, first.subject)
        return Reported(check.id, first, print_, (), root, check.escalate)
    findings = [item.finding for item in items]
    shared = _shared([finding.subject for finding in findings])
    objects = tuple(_object(check.id, finding, cluster_id) for finding in findings)
    whole = replace(
        first,
        subject=shared,
        symptom=_likewise(findings),
        evidence={**_common_evidence(findings), "object_count": len(findings)},
        actions=_distinct_actions(findings),
        confidence=max((f.confidence for f in findings), key=CONFIDENCES.index),
        since=min((f.since for f in findings if f.since), default=None),
        covers=frozenset().union(*(finding.covers for finding in findings)),
    )
    print_ = fingerprint(check.id, cluster_id, shared, root or "merged")
    return Reported(check.id, whole, print_, objects, root, check.escalate)


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
    """Order roots by severity, confidence and reach, each followed by what it explains."""
    items = list(reported)
    reach = {item.fingerprint: item.object_count for item in items}
    for item in items:
        if item.explained_by is not None:
            reach[item.explained_by] += item.object_count

    def rank(item: Reported) -> tuple[int, int, int, str, str]:
        severity = SEVERITIES.index(item.finding.severity)
        confidence = CONFIDENCES.index(item.finding.confidence)
        return severity, confidence, -reach[item.fingerprint], item.check, str(item.finding.subject)

    roots = sorted((item for item in items if item.is_root), key=rank)
    children = sorted((item for item in items if not item.is_root), key=rank)
    return tuple(
        item
        for root in roots
        for item in [root, *(c for c in children if c.explained_by == root.fingerprint)]
    )
