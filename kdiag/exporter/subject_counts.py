"""How many subjects of each registry have which compatibility level.

A registry tells it subject by subject, so only passes that are judged ask; it is shown until the
next of them.
"""

from collections import Counter
from dataclasses import dataclass, field

from kdiag.pipeline_sections import SubjectLevels
from kdiag.snapshot import Snapshot


@dataclass
class SubjectCounts:
    """by_level: (URL of the registry, level) → subjects; only where all of them were told."""

    by_level: Counter[tuple[str, str]] = field(default_factory=Counter)

    def see(self, snapshot: Snapshot) -> None:
        """Take in a snapshot that was judged; what it could not read is not known any more."""
        levels = snapshot.get(SubjectLevels)
        self.by_level.clear()
        if isinstance(levels, SubjectLevels):
            rows = levels.rows[~levels.rows["url"].isin(levels.unread("endpoint"))]
            self.by_level.update(zip(rows["url"], rows["compatibility"], strict=True))
