"""Partitions that a member owns and is written to, and of which its group has no offset.

No lag is known of them. Whatever auto.offset.reset says, a member that owns a partition gets what
is written from then on, so records of that time that are older than a rhythm of commits ought to
be committed. Since when the group is as it is, is told by `__consumer_offsets`.

Left out are Streams (a task that restores its state has not begun), sinks of Connect (they commit
what they have written: see uncommitted_sinks and sink_flushes), records that readers of committed
ones may not get yet, and members that are behind on what they commit: they have not come to it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from kdiag.analysis.commit_timeline import CommitTrends
from kdiag.analysis.connector_runs import SINK_GROUP, ConnectorRuns
from kdiag.analysis.history_span import HistorySpan
from kdiag.analysis.lag import OLD_SECONDS, RHYTHM_RATIO, STALE_SECONDS
from kdiag.check import Whole, derive
from kdiag.sections import (
    Commits,
    EndOffsetHistory,
    GenerationHistory,
    Groups,
    MemberHistory,
    Members,
    Offsets,
)
from kdiag.snapshot import Table

_SETTLED_SECONDS = 10.0
"""Three heartbeats of 3 s: a member may learn later than the log what it owns (KIP-848)."""

_LOG, _TOPIC = ["topic", "partition"], ["group", "topic"]

Log = tuple[str, int]


class NeverCommitted(Table):
    """One row a partition that ought to be committed, and that its Stable group has no offset of.

    client: client id and host of its owner. records: written while the group was as it is now, and
    older than waiting_seconds: three times what is usual between two commits of the group on the
    topic, STALE_SECONDS where that is not known. others: how many partitions of the topic the group
    has an offset of; has_commits: it has one of any topic. owned_from: since when nothing changed
    in the group, at the latest.
    """

    noun = "partitions without an offset"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "client": "str",
        "records": "int",
        "waiting_seconds": "float",
        "others": "int",
        "has_commits": "bool",
        "owned_from": "time",
    }


class _Suspect(NamedTuple):
    """A member that owns what its group has no offset of, and what it owns besides."""

    group: str
    client: str
    without: list[Log]
    others: list[Log]

    def owned(self) -> list[Log]:
        """Return all partitions of the member."""
        return [*self.without, *self.others]


class _Ends(NamedTuple):
    """Where a log begins, up to where it may be read, and age → end offset."""

    start: int
    readable: int
    by_age: dict[float, int]

    def between(self, young: float, old: float) -> int:
        """Return how many records there are between the ages known that lie between these."""
        known = sorted(age for age in self.by_age if young <= age <= old)
        if not known:
            return 0
        first, last = self.by_age[known[-1]], self.by_age[known[0]]
        return max(0, min(last, self.readable) - max(first, self.start))

    def is_unread(self, offset: float, age: float) -> bool:
        """Tell whether a record from an offset on is older than some age."""
        then = max((end for at, end in self.by_age.items() if at >= age), default=0)
        return offset < min(then, self.readable)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What suspects are held against: committed offsets, logs, when each group changed last."""

    committed: Mapping[tuple[str, str, int], float]
    logs: Mapping[Log, _Ends]
    changed: Mapping[str, datetime]
    waits: Mapping[tuple[str, str], float]
    read_at: datetime

    def rows(self, suspect: _Suspect) -> Iterator[dict[str, Any]]:
        """Yield what a member ought to have committed, unless it is busy with older records."""
        at = self.changed.get(suspect.group)
        if at is None:
            return
        old = (self.read_at - at).total_seconds() - _SETTLED_SECONDS
        for topic, number in suspect.without:
            log = self.logs.get((topic, number))
            wait = self.waits.get((suspect.group, topic), STALE_SECONDS)
            records = 0 if log is None else log.between(wait, old)
            if records and not self._is_behind(suspect, wait):
                yield {
                    "group": suspect.group,
                    "topic": topic,
                    "partition": number,
                    "client": suspect.client,
                    "records": records,
                    "waiting_seconds": wait,
                    "owned_from": at,
                }

    def _is_behind(self, suspect: _Suspect, wait: float) -> bool:
        return any(
            log in self.logs
            and self.logs[log].is_unread(self.committed[(suspect.group, *log)], wait)
            for log in suspect.others
        )


@derive()
def never_committed(
    groups: Groups,
    members: Members,
    commits: Whole[Commits],
    offsets: Offsets,
    past: EndOffsetHistory,
    generations: GenerationHistory,
    member_history: MemberHistory | None,
    span: HistorySpan | None,
    trends: CommitTrends | None,
    runs: ConnectorRuns | None,
) -> NeverCommitted:
    """Compare what is owned with what is committed, and with what was written meanwhile."""
    keys = zip(*(commits.rows[name].tolist() for name in (*_TOPIC, "partition")), strict=True)
    offset = commits.rows["committed_offset"].astype("float64").tolist()  # NaN: not told
    committed = dict(zip(keys, offset, strict=True))
    suspects = list(_suspects(_settled(groups, runs), members, committed.keys()))
    if not suspects:
        return NeverCommitted.of()
    known = _Known(
        committed=committed,
        logs=_logs(past, offsets, {topic for each in suspects for topic, _ in each.owned()}),
        changed=_changed(generations, member_history, span, {each.group for each in suspects}),
        waits={} if trends is None else _waits(trends),
        read_at=past.read_at,
    )
    others = Counter((group, topic) for group, topic, _ in committed)
    committing = {group for group, _ in others}
    return NeverCommitted.from_rows(
        [
            {
                **row,
                "others": others[row["group"], row["topic"]],
                "has_commits": row["group"] in committing,
            }
            for suspect in suspects
            for row in known.rows(suspect)
        ]
    )


def _settled(groups: Groups, runs: ConnectorRuns | None) -> set[str]:
    """Return the Stable groups of plain consumers."""
    rows = groups.rows
    is_settled = (rows["state"] == "Stable") & (rows["protocol_type"] == "consumer")
    names = rows.loc[is_settled & (rows["protocol"] != "stream"), "group"]
    sinks = set() if runs is None else set(runs.rows["group"])
    return {name for name in names if name not in sinks and not name.startswith(SINK_GROUP)}


def _suspects(
    settled: set[str], members: Members, committed: Set[tuple[str, str, int]]
) -> Iterator[_Suspect]:
    """Yield the members that own what their group has no offset of."""
    columns = ("group", "assignment", "client_id", "client_host")
    for group, owned, client, host in zip(*(members.rows[name] for name in columns), strict=True):
        if group not in settled or not owned:
            continue
        without = [log for log in owned if (group, *log) not in committed]
        if without:
            where = (host or "a host that is not told").lstrip("/")
            others = [log for log in owned if (group, *log) in committed]
            yield _Suspect(group, f"{client or 'a client'} on {where}", without, others)


def _logs(past: EndOffsetHistory, offsets: Offsets, topics: set[str]) -> dict[Log, _Ends]:
    """Return what is known of each log of some topics."""
    names = [*_LOG, "log_start_offset", "last_stable_offset"]
    rows = offsets.rows.loc[offsets.rows["topic"].isin(topics), names].dropna()
    found = {
        (topic, number): _Ends(start, readable, {})
        for topic, number, start, readable in rows.itertuples(index=False, name=None)
    }
    names = [*_LOG, "age_seconds", "end_offset"]
    asked = past.rows.loc[past.rows["topic"].isin(topics), names].dropna()
    for topic, number, age, end in asked.itertuples(index=False, name=None):
        if (topic, number) in found:
            found[topic, number].by_age[age] = end
    return found


def _changed(
    generations: GenerationHistory,
    member_history: MemberHistory | None,
    span: HistorySpan | None,
    groups: set[str],
) -> dict[str, datetime]:
    """Return when each group changed last; where none of its records is known, at the latest."""
    spans = HistorySpan.of() if span is None else span
    known = spans.rows[spans.rows["group"].isin(groups)].dropna(subset=["known_from"])
    found = dict(zip(known["group"], known["known_from"], strict=True))
    for table in (generations, member_history or MemberHistory.of()):
        rows = table.rows[table.rows["group"].isin(groups)]
        for group, at in rows.groupby("group")["written_at"].max().items():
            found[group] = max(at, found.get(group, at))
    return found


def _waits(trends: CommitTrends) -> dict[tuple[str, str], float]:
    """Return for how long each group and topic may be silent: by the median of its partitions."""
    usual = trends.rows.groupby(_TOPIC)["longest_gap_seconds"].median().dropna()
    return {key: max(OLD_SECONDS, RHYTHM_RATIO * gap) for key, gap in usual.items()}
