"""What earlier audits of a cluster said: numbers over time, and since when a fault stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kdiag.audit.blocks import Table
from kdiag.finding import SEVERITIES, Report


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

    def first_seen(self, fingerprint: str) -> str | None:
        """Return the time of the audit from which on a finding is in all of them."""
        since = None
        for audit in reversed(self.audits):
            if not any(item.fingerprint == fingerprint for item in audit.findings):
                break
            since = audit.started_at.isoformat()
        return since

    @property
    def counts(self) -> Mapping[str, int]:
        """How many causes came, went, became worse or better since the last audit."""
        return {}

    def changed_table(self) -> Table | None:
        """Return what changed since the last audit."""
        return None


def _severities(report: Report) -> Counter[str]:
    """Count the causes that nobody waived."""
    return Counter(
        item.finding.severity for item in report.findings if item.is_root and item.waiver is None
    )
