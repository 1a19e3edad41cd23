"""Coverage: what was looked at, what was not, and what would show it."""

from collections import Counter

from kdiag.audit.blocks import Block, Cell, Chapter, Unit, table
from kdiag.audit.seen import Seen
from kdiag.check import AREAS
from kdiag.finding import Status
from kdiag.wording import count, listed

_STATUSES: dict[Status, str] = {
    "ok": "Nothing found",
    "problem": "Problem",
    "unknown": "Unknown",
    "not_applicable": "Do not apply",
}


def coverage(seen: Seen) -> Chapter:
    """Count the checks of each area, and say what those that are unknown need."""
    states = seen.report.coverage
    return Chapter(
        "coverage",
        "Coverage: what was seen, and what was not",
        observations=(_checks(seen), _unknown(seen), _errors(seen), _requests(seen)),
        conclusions=(
            f"{states['evaluated']} of {count(states['total'], 'check')} were evaluated, "
            f"{states['unknown']} could not be, {states['not_applicable']} do not apply here.",
        ),
    )


def _checks(seen: Seen) -> Block:
    areas = {check.id: check.area for check in seen.checks}
    counted = Counter((areas[result.check], result.status) for result in seen.report.results)
    rows: list[tuple[Cell, ...]] = [
        (AREAS[area], *(counted[area, status] for status in _STATUSES))
        for area in AREAS
        if any(key[0] == area for key in counted)
    ]
    columns: dict[str, Unit] = {"Area": "text", **dict.fromkeys(_STATUSES.values(), "count")}
    return table("Checks", columns, rows)


def _unknown(seen: Seen) -> Block:
    """Return the reasons for which checks are unknown, those that blind most first."""
    blinded: dict[tuple[str, str | None], list[str]] = {}
    for result in seen.report.results:
        if result.status == "unknown":
            blinded.setdefault((result.reason or "", result.needs), []).append(result.check)
    rows: list[tuple[Cell, ...]] = [
        (reason, needs, len(checks), listed(sorted(checks), 6))
        for (reason, needs), checks in sorted(blinded.items(), key=lambda pair: -len(pair[1]))
    ]
    return table(
        "What would make more visible",
        {"Why": "text", "Needs": "code", "Checks": "count", "Which": "text"},
        rows,
    )


def _errors(seen: Seen) -> Block:
    return table(
        "What did not answer",
        {"Target": "text", "Error": "text"},
        [tuple(pair) for pair in seen.report.errors],
    )


def _requests(seen: Seen) -> Block:
    return table(
        "Requests that were sent; none of them writes",
        {"API": "code", "Requests": "count"},
        sorted(seen.report.requests.items()),
    )
