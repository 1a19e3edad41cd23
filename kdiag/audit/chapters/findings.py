"""All findings, area by area, with their evidence and what to do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kdiag.audit.blocks import Block, Card, Chapter, Text
from kdiag.audit.saying import conclusions, ordered
from kdiag.audit.seen import Seen
from kdiag.check import AREAS
from kdiag.finding import Reported, Status
from kdiag.render.json import plain
from kdiag.wording import count, listed

_MOST_CARDS, _MOST_OBJECTS, _MOST_EVIDENCE = 40, 30, 14


def findings(seen: Seen) -> Chapter:
    """List the causes of each area, and say of the areas without one how much was looked at."""
    folded = Counter(item.explained_by for item in seen.report.findings if item.explained_by)
    return Chapter(
        "findings",
        "Findings by area",
        observations=tuple(block for area in AREAS for block in _area(seen, area, folded)),
        conclusions=conclusions(seen.roots),
    )


def _area(seen: Seen, area: str, folded: Mapping[str, int]) -> Iterator[Block]:
    ids = {check.id for check in seen.checks if check.area == area}
    states = Counter(result.status for result in seen.report.results if result.check in ids)
    if not states:
        return
    items = ordered(seen.of_areas(area))
    yield Text(f"{AREAS[area]}: {_looked_at(states, len(items))}")
    for item in items[:_MOST_CARDS]:
        yield _card(item, folded[item.fingerprint])
    if len(items) > _MOST_CARDS:
        yield Text(f"{len(items) - _MOST_CARDS} more are in report.json.")


def _looked_at(states: Counter[Status], found: int) -> str:
    """Return how much was looked at; what was not is never taken for good."""
    evaluated, whole = states["ok"] + states["problem"], sum(states.values())
    if not evaluated:
        why = "could be evaluated" if states["unknown"] else "applies"
        return f"none of {count(whole, 'check')} {why}."
    said = f"{evaluated} of {count(whole, 'check')} evaluated, {count(found, 'finding')}"
    return f"{said}, {states['unknown']} unknown." if states["unknown"] else f"{said}."


def _card(item: Reported, folded: int) -> Card:
    finding = item.finding
    since = None if finding.since is None else finding.since.strftime("%Y-%m-%d %H:%M UTC")
    lines = {
        "Object": str(finding.subject),
        "Why": finding.cause,
        "Next": finding.impact,
        "Since": since,
        "Confidence": None if finding.confidence == "certain" else finding.confidence,
        "Explains": f"{count(folded, 'more finding')}" if folded else None,
    }
    names = [_name(one["subject"]) for one in item.objects]
    return Card(
        fingerprint=item.fingerprint,
        severity=finding.severity,
        check=item.check,
        title=finding.symptom,
        lines={label: text for label, text in lines.items() if text},
        evidence=dict(list(_evidence(finding.evidence))[:_MOST_EVIDENCE]),
        actions=tuple((one.text, one.command, one.effect) for one in finding.actions),
        objects=tuple(names[:_MOST_OBJECTS]),
        total=len(names),
    )


def _name(subject: Any) -> str:
    keys = plain(subject)
    return " ".join(str(value) for key, value in keys.items() if key != "type")


def _evidence(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield evidence as text; of lists the first values."""
    for key, value in plain(evidence).items():
        if isinstance(value, list):
            simple = [each for each in value if not isinstance(each, dict | list)]
            if simple:
                yield key, listed(simple, 8)
        elif value is not None and not isinstance(value, dict):
            yield key, f"{value:,}" if isinstance(value, int | float) else str(value)
