"""When the group of each sink last committed.

A pass that sees other offsets than the one before knows it to within one interval. A diagnosis
reads the log of commits (`__consumer_offsets`), which has the time itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.sections import CommitHistory, Commits
from kdiag.snapshot import Snapshot

_ID = ["topic", "partition"]


@dataclass
class LastCommits:
    """at: group of a sink → POSIX seconds; a group of which nothing tells is not in it.

    _offsets: what was committed when it was last read, group → (topic, partition) → offset.
    """

    at: dict[str, float] = field(default_factory=dict)
    _offsets: dict[str, Mapping[Any, int]] = field(default_factory=dict)

    def see(self, snapshot: Snapshot, runs: ConnectorRuns | None) -> None:
        """Take in a snapshot and the connectors in it; what it could not read changes nothing."""
        if runs is None:
            return
        sinks = set(runs.rows["group"].dropna())
        if not runs.errors:
            self._forget_all_but(sinks)
        commits, past = snapshot.get(Commits), snapshot.get(CommitHistory)
        if isinstance(commits, Commits):
            self._compare(commits, sinks)
        if isinstance(past, CommitHistory):
            self._read(past, sinks)

    def _compare(self, commits: Commits, sinks: set[str]) -> None:
        rows = commits.rows[commits.rows["committed_offset"].notna()]
        for group, each in rows[rows["group"].isin(sinks)].groupby("group"):
            offsets = each.set_index(_ID)["committed_offset"].to_dict()
            before = self._offsets.get(group)
            if before is not None and any(before.get(log) != at for log, at in offsets.items()):
                self._learn(group, commits.read_at.timestamp())
            self._offsets[group] = offsets

    def _read(self, past: CommitHistory, sinks: set[str]) -> None:
        rows = past.rows[past.rows["group"].isin(sinks) & ~past.rows["is_tombstone"]]
        for group, at in rows.groupby("group")["committed_at"].max().items():
            self._learn(group, at.timestamp())

    def _learn(self, group: str, at: float) -> None:
        self.at[group] = max(at, self.at.get(group, at))

    def _forget_all_but(self, sinks: set[str]) -> None:
        for held in (self.at, self._offsets):
            for group in [each for each in held if each not in sinks]:
                del held[group]
