"""What earlier audits of a cluster said: numbers over time, and since when a fault stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kdiag.audit.blocks import Cell, Table, table
from kdiag.compare import KINDS, Comparison, compare
from kdiag.finding import SEVERITIES, Report, Reported
from kdiag.single import singles
from kdiag.wording import count


@dataclass(frozen=True)
class Trends:
    """All audits of a cluster, the oldest first; the last of them is the one that is written."""

    audits: tuple[Report, ...]

    @classmethod
    def of(cls, report: Report, earlier: Sequence[Report]) -> "Trends":
        """Return the trends up to a report. earlier: those of the same cluster, in any order."""
        same = [
            each
            for each in earlier
            if each.cluster.get("id") == report.cluster.get("id")
            and each.started_at < report.started_at
        ]
        return cls((*sorted(same, key=lambda each: each.started_at), report))

    @cached_property
    def rows(self) -> Any:
        """A row an audit: at, critical, warning, info (causes), unknown, evaluated (checks)."""
        import pandas

        return pandas.DataFrame(
            [
                {
                    "at": audit.started_at,
                    **{severity: _severities(audit)[severity] for severity in SEVERITIES},
                    "unknown": audit.coverage["unknown"],
                    "evaluated": audit.coverage["evaluated"],
                }
                for audit in self.audits
            ]
        )

    def severities_before(self) -> Mapping[str, int] | None:
        """Return how many causes of each severity the last audit had; None where there was none."""
        return _severities(self.audits[-2]) if len(self.audits) > 1 else None

    def first_seen(self, item: Reported) -> str | None:
        """Return the time of the audit from which on a finding is in all of them.

        Of a finding on several objects: from which on it is there on any of them.
        """
        known = self._prints[-1]
        own = {print_ for print_, holder in known.items() if holder is item}
        since = None
        for audit, prints in zip(reversed(self.audits), reversed(self._prints), strict=True):
            if not own & prints.keys():
                break
            since = audit.started_at.isoformat()
        return since

    @cached_property
    def _prints(self) -> list[dict[str, Reported]]:
        """For each audit the fingerprints of its findings, object by object."""
        return [{one.fingerprint: one.item for one in singles(audit)} for audit in self.audits]

    @cached_property
    def comparison(self) -> Comparison | None:
        """What differs from the last audit; None where this is the first one."""
        return compare(self.audits[-2], self.audits[-1]) if len(self.audits) > 1 else None

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings came, went, became worse or better since the last audit, by object."""
        if self.comparison is None:
            return {}
        kinds: Counter[str] = Counter()
        for change in self.comparison.changes:
            kinds[_AS_ONE.get(change.kind, change.kind)] += len(change.objects)
        named = {kind: kinds[kind] for kind in ("new", "worse", "better", "gone", "unseen")}
        return named | {"unchanged": self.comparison.unchanged}

    def changed_table(self) -> Table | None:
        """Return what changed since the last audit, and since when what still stands does."""
        if self.comparison is None:
            return None
        before = self.comparison.before.started_at
        rows: list[tuple[Cell, ...]] = [
            (
                KINDS[change.kind],
                change.now or change.was,
                change.item.finding.symptom,
                len(change.objects),
                self.first_seen(change.item) if change.now else None,
                change.item.check,
            )
            for change in self.comparison.told
        ]
        return table(
            f"Since the audit of {before:%Y-%m-%d %H:%M} UTC; "
            f"{count(self.comparison.unchanged, 'finding')} stayed as before",
            {
                "Change": "text",
                "Severity": "text",
                "Seen": "text",
                "Objects": "count",
                "In audits since": "time",
                "Check": "code",
            },
            rows,
        )


_AS_ONE = {"seen": "new", "returned": "new"}
"""Kinds that ask for the same attention."""


def _severities(report: Report) -> Counter[str]:
    """Count the causes that nobody waived."""
    return Counter(
        item.finding.severity for item in report.findings if item.is_root and item.waiver is None
    )
