"""What differs between two reports on one cluster: the only place that decides it.

Findings are compared object by object, by fingerprint, however they are merged or folded. What is
not there any more is gone only where its check saw everything; else it is not seen any more. What
was not there before is new only where its check saw everything then; else it is seen for the first
time. A finding that got waived is not gone, and one whose waiver ended is not new.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kdiag.finding import (
    SEVERITIES,
    CheckResult,
    Novelty,
    Report,
    Reported,
    Severity,
    Status,
)
from kdiag.single import Single, singles

Kind = Literal["new", "seen", "returned", "worse", "better", "gone", "unseen", "waived"]

KINDS: dict[Kind, str] = {
    "new": "new",
    "seen": "seen for the first time",
    "returned": "back after a waiver",
    "worse": "worse",
    "better": "better",
    "gone": "gone",
    "unseen": "not seen any more",
    "waived": "waived since",
}
"""Kind → in words, the gravest first."""

ALARMING: tuple[Kind, ...] = ("new", "seen", "returned", "worse")
"""Kinds that ask for attention."""


@dataclass(frozen=True)
class Change:
    """What became of the findings of one item: the objects that changed alike.

    item: of the later report, or of the earlier one where it is gone or unseen. was, now: severity.
    is_under: folds under a cause that changed alike.
    """

    kind: Kind
    item: Reported
    objects: tuple[Single, ...]
    was: Severity | None
    now: Severity | None
    is_under: bool = False


@dataclass(frozen=True)
class Turn:
    """A check of which another part is known than before; None where it did not run."""

    check: str
    was: Status | None
    now: Status | None
    reason: str | None = None


@dataclass(frozen=True)
class Comparison:
    """All that differs. unchanged: findings on objects that stand in both."""

    before: Report
    after: Report
    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]
    unchanged: int

    @property
    def told(self) -> tuple[Change, ...]:
        """Return the changes that do not follow from the like change of their cause."""
        return tuple(one for one in self.changes if not one.is_under)


@dataclass(frozen=True)
class Known:
    """What an earlier report said, by fingerprint."""

    found: Mapping[str, Single]
    whole: frozenset[str]

    @classmethod
    def of(cls, report: Report) -> "Known":
        """Return what a report said, and which checks saw everything."""
        found = {one.fingerprint: one for one in singles(report)}
        return cls(found, frozenset(one.check for one in report.results if _is_whole(one)))

    def novelty(self, check: str, fingerprint: str, severity: Severity) -> Novelty:
        """Return what a finding is against the report."""
        old = self.found.get(fingerprint)
        if old is None:
            return "new" if check in self.whole else "seen"
        if old.waiver is not None:
            return "returned"
        was, now = SEVERITIES.index(old.finding.severity), SEVERITIES.index(severity)
        if was == now:
            return "known"
        return "worse" if now < was else "better"


def _is_whole(result: CheckResult) -> bool:
    return result.status in ("ok", "problem") and not result.unseen


def compare(before: Report, after: Report) -> Comparison:
    """Return what differs between an earlier and a later report."""
    was, is_ = Known.of(before), Known.of(after)
    kinds = {**_kinds_now(was, is_), **_kinds_gone(was, is_)}
    return Comparison(
        before,
        after,
        tuple(_changes(kinds, was, is_)),
        tuple(_turns(before, after)),
        sum(one.waiver is None for one in is_.found.values())
        - sum(kind not in ("gone", "unseen", "waived") for kind in kinds.values()),
    )


def _kinds_now(was: Known, is_: Known) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for print_, one in is_.found.items():
        novelty = was.novelty(one.item.check, print_, one.finding.severity)
        if one.waiver is None:
            if novelty != "known":
                kinds[print_] = novelty
        elif novelty in ("known", "worse", "better"):
            kinds[print_] = "waived"
    return kinds


def _kinds_gone(was: Known, is_: Known) -> dict[str, Kind]:
    return {
        print_: "gone" if one.item.check in is_.whole else "unseen"
        for print_, one in was.found.items()
        if print_ not in is_.found and one.waiver is None
    }


def _changes(kinds: Mapping[str, Kind], was: Known, is_: Known) -> Iterator[Change]:
    """Yield the changes by kind, each in the order of its report."""
    alike: dict[tuple[Kind, int, Severity | None], list[Single]] = {}
    for print_, kind in kinds.items():
        one = is_.found.get(print_) or was.found[print_]
        old = was.found.get(print_)
        key = (kind, id(one.item), old.finding.severity if old else None)
        alike.setdefault(key, []).append(one)
    causes = {(_came(kind), ones[0].item.fingerprint) for (kind, _, _), ones in alike.items()}
    order = list(KINDS)
    for (kind, _, severity), ones in sorted(
        alike.items(), key=lambda pair: order.index(pair[0][0])
    ):
        item = ones[0].item
        now = None if kind in ("gone", "unseen") else item.finding.severity
        is_under = (_came(kind), item.explained_by) in causes
        yield Change(kind, item, tuple(ones), severity, now, is_under)


def _came(kind: Kind) -> Kind:
    """Return the kind; what is seen for the first time came as what is new."""
    return "new" if kind == "seen" else kind


def _turns(before: Report, after: Report) -> Iterator[Turn]:
    """Yield the checks that became known or unknown, or ran in one of the two only."""
    was = {result.check: result for result in before.results}
    is_ = {result.check: result for result in after.results}
    for check in dict.fromkeys([*was, *is_]):
        old, new = was.get(check), is_.get(check)
        if _is_known(old) != _is_known(new):
            status = old.status if old else None, new.status if new else None
            yield Turn(check, *status, reason=new.reason if new else None)


def _is_known(result: CheckResult | None) -> bool:
    return result is not None and result.status != "unknown"
