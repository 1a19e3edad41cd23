"""All waivers of a file: what they say of a finding, and what became of each of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kdiag.finding import (
    CLUSTER,
    CheckResult,
    Finding,
    Waiver,
    WaiverState,
    WaiverStatus,
    fingerprint,
)
from kdiag.waivers.entry import EXPIRING_DAYS, Entry


@dataclass(frozen=True)
class Waivers:
    """The entries of a file, and the ids of all checks that there are."""

    entries: tuple[Entry, ...]
    checks: frozenset[str] = frozenset()

    @cached_property
    def _by_check(self) -> dict[str | None, list[Entry]]:
        found: dict[str | None, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.check, []).append(entry)
        return found

    def about(self, check: str, finding: Finding, cluster_id: str | None) -> Iterator[Entry]:
        """Yield the entries that mean a finding."""
        print_ = fingerprint(check, cluster_id, finding.subject)
        for entry in (*self._by_check.get(check, ()), *self._by_check.get(None, ())):
            if entry.means(check, finding.subject, print_, cluster_id):
                yield entry

    def judge(
        self, check: str, finding: Finding, cluster_id: str | None, on: date
    ) -> tuple[Waiver | None, tuple[str, ...]]:
        """Return the waiver of a finding, or why those that mean it do not hold.

        on: the day as of which to judge, that of the snapshot.
        """
        refusals = []
        for entry in self.about(check, finding, cluster_id):
            refusal = entry.refusal(finding, on)
            if refusal is None:
                return entry.waiver, ()
            refusals.append(refusal)
        return None, tuple(dict.fromkeys(refusals))

    def states(
        self, results: Sequence[CheckResult], cluster_id: str | None, on: date
    ) -> tuple[WaiverState, ...]:
        """Return what became of each entry that may be about this cluster.

        One that matched nothing is unused only where all that it could match was seen in whole.
        """
        held: Counter[int] = Counter()
        returned: Counter[int] = Counter()
        for result in results:
            for finding in result.findings:
                for entry in self.about(result.check, finding, cluster_id):
                    is_held = entry.refusal(finding, on) is None
                    (held if is_held else returned)[id(entry)] += 1
        whole = {one.check for one in results if one.status != "unknown" and not one.unseen}
        return tuple(
            _state(entry, held[id(entry)], returned[id(entry)], self._is_seen(entry, whole), on)
            for entry in self.entries
            if _is_here(entry, cluster_id)
        )

    def _is_seen(self, entry: Entry, whole: set[str]) -> bool:
        wanted = self.checks if entry.check is None else {entry.check}
        return wanted <= whole


NONE = Waivers(())
"""Where no file was given."""


def _is_here(entry: Entry, cluster_id: str | None) -> bool:
    """Tell whether an entry may be about this cluster."""
    only = Entry("", "", None, match={k: v for k, v in entry.match.items() if k == "cluster"})
    return cluster_id is None or only.means("", CLUSTER, "", cluster_id)


def _state(entry: Entry, held: int, returned: int, is_seen: bool, on: date) -> WaiverState:
    days = entry.days_left(on)
    status: WaiverStatus = "expiring" if days <= EXPIRING_DAYS else "active"
    if entry.is_expired(on):
        status = "expired"
    elif not held and not returned and is_seen:
        status = "unused"
    return WaiverState(
        waiver=entry.waiver,
        check=entry.check,
        match=dict(entry.match),
        fingerprints=tuple(sorted(entry.fingerprints)),
        line=entry.line,
        status=status,
        days_left=days if entry.expires or entry.review else None,
        waived=held,
        returned=returned,
    )
