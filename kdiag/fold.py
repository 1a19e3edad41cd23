"""Which finding explains which: a check names its possible roots, a root what it covers.

A finding folds only where every object behind it is covered, so that nothing which the root does
not explain is hidden. A root that is waived is the last choice: what another root explains as well
folds under that one and stays in sight. What only a waived root explains is waived with it; but a
critical symptom stands by itself, unless that waiver allows critical findings.

Nothing is hidden under a lesser severity: a root is as severe as the worst that it explains, but
for what it excuses (a check says which roots make it matter less).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kdiag.check import Check
from kdiag.finding import SEVERITIES, Finding, Novelty, Severity, Subject, Waiver


@dataclass(frozen=True)
class Mark:
    """What is known of a finding beside itself. notes: sentences to be shown with it."""

    waiver: Waiver | None = None
    notes: tuple[str, ...] = ()
    novelty: Novelty | None = None


@dataclass(frozen=True, eq=False)
class Said:
    """A finding, and the check that said it."""

    check: Check
    finding: Finding
    mark: Mark = Mark()


class Folds(NamedTuple):
    """The ultimate root of each finding that has one, and the severity of roots that is worse."""

    roots: Mapping[Said, Said]
    severities: Mapping[Said, Severity]


def fold(said: Sequence[Said]) -> Folds:
    """Return which finding folds under which, and what that makes of the severity of roots."""
    excused: frozenset[Said] = frozenset()
    while True:
        direct = _direct(said, excused)
        found = excused | _excused(said, direct, excused)
        if found == excused:
            break
        excused = found
    tops = {item: _ultimate(item, direct) for item in direct}
    roots = {item: top for item, top in tops.items() if top is not item and _hides(top, item)}
    return Folds(roots, _raised(roots, direct))


def _raised(roots: Mapping[Said, Said], direct: Mapping[Said, Said]) -> dict[Said, Severity]:
    """Return the worst severity that roots explain, where it is worse than their own."""
    worst: dict[Said, Severity] = {}
    for item, top in roots.items():
        severity = item.finding.severity
        own = worst.get(top, top.finding.severity)
        is_worse = SEVERITIES.index(severity) < SEVERITIES.index(own)
        if is_worse and not top.mark.waiver and not _is_excused(item, top, direct):
            worst[top] = severity
    return worst


def _is_excused(item: Said, top: Said, direct: Mapping[Said, Said]) -> bool:
    """Tell whether something on the way to the root makes a finding matter less."""
    while item is not top:
        parent = direct[item]
        if parent.check.id in item.check.excused_by:
            return True
        item = parent
    return False


def _excused(
    said: Sequence[Said], direct: Mapping[Said, Said], excused: frozenset[Said]
) -> frozenset[Said]:
    """Return the waived roots, and what nothing but excused findings explains."""
    return frozenset(
        item
        for item in said
        if (item.mark.waiver and _ultimate(item, direct) is item)
        or (direct.get(item) in excused and _ultimate(item, direct) is not item)
    )


def _hides(top: Said, item: Said) -> bool:
    waiver = top.mark.waiver
    return waiver is None or waiver.allow_critical or item.finding.severity != "critical"


def _direct(said: Sequence[Said], excused: frozenset[Said]) -> dict[Said, Said]:
    covering = _covering(sorted(said, key=excused.__contains__))
    return {item: parent for item in said if (parent := _parent(item, covering, excused))}


def _covering(said: Sequence[Said]) -> dict[str, dict[Subject, Said]]:
    """Return check → object → the first of its findings that covers the object."""
    covering: dict[str, dict[Subject, Said]] = {}
    for item in said:
        covered = covering.setdefault(item.check.id, {})
        for subject in item.finding.covers:
            covered.setdefault(subject, item)
    return covering


def _parent(
    item: Said, covering: Mapping[str, Mapping[Subject, Said]], excused: frozenset[Said]
) -> Said | None:
    objects = item.finding.because_of or {item.finding.subject}
    tables = [covering[id_] for id_ in item.check.explained_by if id_ in covering]
    found = [_best(_candidates(subject, tables), excused) for subject in sorted(objects, key=str)]
    if not all(found):
        return None
    return _best(iter(found), excused)


def _candidates(subject: Subject, tables: Sequence[Mapping[Subject, Said]]) -> Iterator[Said]:
    for table in tables:
        for wider in _wider(subject):
            if wider in table:
                yield table[wider]


def _best(candidates: Iterator[Said | None], excused: frozenset[Said]) -> Said | None:
    """Return the first that is not excused, else the first."""
    first = None
    for candidate in candidates:
        if candidate not in excused:
            return candidate
        first = first or candidate
    return first


def _wider(subject: Subject) -> Iterator[Subject]:
    """Yield the subject and the subjects that contain it: its topic, its group."""
    yield subject
    if subject.type == "partition":
        yield Subject.of("topic", topic=subject["topic"])
    if subject.type == "group":
        for count in range(len(subject.keys) - 1, 0, -1):
            yield Subject("group", subject.keys[:count])


def _ultimate(item: Said, direct: Mapping[Said, Said]) -> Said:
    """Follow parents to the top; a circle ends at the finding itself and explains nothing."""
    seen = {item}
    at = item
    while at in direct:
        at = direct[at]
        if at in seen:
            return item
        seen.add(at)
    return at
