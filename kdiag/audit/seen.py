"""What chapters look at: the sections of a snapshot, and what was said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kdiag.check import Check
from kdiag.finding import Report, Reported
from kdiag.snapshot import Missing, Section, Snapshot
from kdiag.view import View


@dataclass(frozen=True)
class Seen:
    """A snapshot, the report on it, and the checks that made it. unseen: reasons, as they come."""

    snapshot: Snapshot
    report: Report
    checks: Sequence[Check]
    unseen: list[str] = field(default_factory=list)

    @cached_property
    def view(self) -> View:
        """The view that derived sections come from."""
        return View(self.snapshot)

    def held(self, section: type[Section]) -> Any | None:
        """Return a section, raw or derived; None where it was not read, which is noted."""
        found = self.view.get(section)
        if isinstance(found, Section):
            return found
        if isinstance(found, Missing):
            self.unseen.append(f"{section.noun.capitalize()}: {found}")
        return None

    def taken_unseen(self) -> tuple[str, ...]:
        """Return the reasons noted since the last time, each once."""
        reasons = tuple(dict.fromkeys(self.unseen))
        self.unseen.clear()
        return reasons

    @cached_property
    def by_id(self) -> dict[str, Check]:
        """The checks by their ids."""
        return {check.id: check for check in self.checks}

    @cached_property
    def roots(self) -> list[Reported]:
        """Findings that no other explains and nobody waived."""
        return [item for item in self.report.standing if item.is_root]

    def of_areas(self, *areas: str) -> list[Reported]:
        """Return the roots of some areas."""
        return [item for item in self.roots if self.by_id[item.check].area in areas]
