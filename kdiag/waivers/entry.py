"""One entry of a file of waivers: which findings it means, and whether it holds for them."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from kdiag.finding import SUBJECT_KEYS, Finding, Subject, Waiver

GLOB = "glob:"
"""What a pattern begins with; every other value is compared as it is."""

EXPIRING_DAYS = 14
"""So many days before its end a waiver is said to expire."""

MATCH_KEYS = (
    "cluster",
    *dict.fromkeys(
        "broker" if key == "id" else key for keys in SUBJECT_KEYS.values() for key in keys
    ),
)
"""What `match` may name: the id of the cluster, and the keys of subjects."""

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Condition:
    """What must be so in the evidence of a finding for a waiver to hold."""

    key: str
    operator: str
    value: str

    def holds(self, evidence: Mapping[str, Any]) -> bool:
        """Tell whether it is so; what the evidence does not have is not."""
        if evidence.get(self.key) is None:
            return False
        compare = OPERATORS[self.operator]
        try:
            return compare(float(evidence[self.key]), float(self.value))
        except (TypeError, ValueError):
            is_text = self.operator in ("==", "!=")
            return is_text and compare(str(evidence[self.key]), self.value)

    def __str__(self) -> str:
        return f"{self.key} {self.operator} {self.value}"


@dataclass(frozen=True)
class Entry:
    """One waiver. expires: its last day, UTC; None for never, which needs a day of review.

    fingerprints: the only findings that it means, where there are any. line: in the file, from 1.
    """

    reason: str
    owner: str
    expires: date | None
    check: str | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    fingerprints: frozenset[str] = frozenset()
    review: date | None = None
    ticket: str | None = None
    condition: Condition | None = None
    allow_critical: bool = False
    line: int = 0

    @property
    def waiver(self) -> Waiver:
        """Return what a finding shows of it."""
        end = "never" if self.expires is None else self.expires.isoformat()
        return Waiver(self.reason, self.owner, end, self.ticket, self.allow_critical)

    def means(self, check: str, subject: Subject, fingerprint: str, cluster_id: str | None) -> bool:
        """Tell whether it is about a finding, whether or not it holds for it."""
        if self.check not in (None, check):
            return False
        if self.fingerprints and fingerprint not in self.fingerprints:
            return False
        keys = {"broker" if key == "id" else key: value for key, value in subject.keys}
        held = {**keys, **({"cluster": cluster_id} if cluster_id else {})}
        return all(key in held and _fits(text, held[key]) for key, text in self.match.items())

    def is_expired(self, on: date) -> bool:
        """Tell whether its last day is over."""
        return self.expires is not None and self.expires < on

    def days_left(self, on: date) -> int:
        """Return the days until it ends, or is to be reviewed; negative where that is over."""
        end = self.expires or self.review
        return (end - on).days if end else EXPIRING_DAYS + 1

    def refusal(self, finding: Finding, on: date) -> str | None:
        """Return why it does not hold for a finding that it means; None where it does."""
        if self.is_expired(on):
            return f"Its waiver ({self.reason}; {self.owner}) expired on {self.expires}."
        if finding.severity == "critical" and not self.allow_critical:
            return "It is critical, and its waiver lacks allow_critical: true."
        if self.condition is not None and not self.condition.holds(finding.evidence):
            return f"Its waiver holds only while {self.condition}."
        return None


def _fits(text: str, value: str | int) -> bool:
    if text.startswith(GLOB):
        return fnmatchcase(str(value), text.removeprefix(GLOB))
    return text == str(value)
