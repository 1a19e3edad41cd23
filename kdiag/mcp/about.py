"""The part of a report that is about one area, group or topic, with the causes behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kdiag.errors import UsageError
from kdiag.finding import Report, Reported
from kdiag.pages.groups import groups_like
from kdiag.sections import Topics
from kdiag.snapshot import Snapshot
from kdiag.view import View


@dataclass(frozen=True)
class Scope:
    """What is asked about; None for everything."""

    area: str | None = None
    group: str | None = None
    topic: str | None = None

    def require_there(self, snapshot: Snapshot) -> None:
        """Raise UsageError for a group or topic that the cluster is known not to have."""
        if self.group is not None:
            groups_like(View(snapshot), self.group)
        topics = snapshot.get(Topics)
        if self.topic is None or not isinstance(topics, Topics) or topics.errors:
            return
        if self.topic not in set(topics.rows["topic"]):
            raise UsageError(f"there is no topic {self.topic!r}, or it may not be described")

    def of(self, report: Report) -> Report:
        """Return the report with the findings asked for, and those that explain them.

        The verdict stays that of the whole cluster.
        """
        areas = {result.check: result.about.area for result in report.results}
        asked = [item for item in report.findings if self._has(item, areas)]
        roots = {item.explained_by for item in asked}
        kept = {item.fingerprint for item in asked} | roots
        return replace(
            report,
            findings=tuple(item for item in report.findings if item.fingerprint in kept),
            results=tuple(
                result for result in report.results if self.area in (None, areas[result.check])
            ),
        )

    def _has(self, item: Reported, areas: Mapping[str, str]) -> bool:
        if self.area not in (None, areas.get(item.check)):
            return False
        wanted = {"group": self.group, "topic": self.topic}
        named = {key: name for key, name in wanted.items() if name is not None}
        return not named or any(
            all(subject.get(key) == name for key, name in named.items() if key in subject)
            and any(key in subject for key in named)
            for subject in _subjects(item)
        )


def _subjects(item: Reported) -> Iterator[Mapping[str, Any]]:
    yield item.finding.subject.as_dict()
    for each in item.objects:
        yield each["subject"]
