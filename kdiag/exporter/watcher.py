"""One cluster that is watched: a snapshot every so often, and what it says as metrics.

Most passes read what moves. Every few minutes a pass reads all that the checks want, the past of
the groups included, and is judged. Passes never overlap; what fails or hangs costs its pass.
"""

import gc
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.errors import KdiagError
from kdiag.exporter.ages import EndOffsetLog
from kdiag.exporter.anchors import Anchors
from kdiag.exporter.budget import within
from kdiag.exporter.compat import Compat
from kdiag.exporter.exposition import Page, page
from kdiag.exporter.family import Family
from kdiag.exporter.last_commits import LastCommits
from kdiag.exporter.metrics import native
from kdiag.exporter.metrics.checks import statuses
from kdiag.exporter.metrics.probe import probe
from kdiag.exporter.own import Passes, own
from kdiag.exporter.seen import Seen
from kdiag.exporter.shown import Shown
from kdiag.exporter.subject_counts import SubjectCounts
from kdiag.finding import Report
from kdiag.plan import Plan
from kdiag.probe.prober import Prober
from kdiag.sections import Offsets
from kdiag.snapshot import Section, Snapshot

log = logging.getLogger(__name__)

JITTER = 0.1
"""Part of the interval by which the passes of one process are shifted, so that many exporters do
not ask at the same moment."""

Take = Callable[[Plan, bool], Snapshot]
"""Reads what a plan wants; the flag tells whether to pause for a second sample."""

Judge = Callable[[Snapshot], Report]


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often. interval_seconds: between passes. diagnose_seconds: between those that are judged.

    missed: after so many intervals without a snapshot its series vanish.
    """

    interval_seconds: float = 30
    diagnose_seconds: float = 300
    missed: int = 3


@dataclass(frozen=True)
class Published:
    """What was made of the last good snapshot. others: of compatible names, as they are spelled.

    at: when, of time.monotonic(); a clock that is set does not make it older or younger.
    """

    snapshot: Snapshot
    report: Report | None
    native: Page
    others: Page
    at: float


@dataclass
class Watcher:
    """A cluster, the thread that reads it, and the last that was made of it.

    name: the value of kafka_cluster. is_only: other exporters' metrics get no label of the
    cluster, as theirs have none. prober: writes, where that was asked for and allowed.
    """

    name: str
    take: Take
    judge: Judge
    plans: tuple[Plan, Plan]
    check_ids: Sequence[str]
    shown: Shown = field(default_factory=Shown)
    rhythm: Rhythm = field(default_factory=Rhythm)
    compat: Sequence[Compat] = ()
    is_only: bool = True
    prober: Prober | None = None

    def __post_init__(self) -> None:
        self.published: Published | None = None
        self.passes = Passes()
        self._ends, self._anchors = EndOffsetLog(), Anchors()
        self._commits, self._subjects = LastCommits(), SubjectCounts()
        self._judged_at: float | None = None
        self._earlier: Snapshot | None = None
        unknown = statuses((check, "unknown") for check in self.check_ids)
        self._unknown = page([unknown], self.name)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        """Begin to read, and to write where there is a probe."""
        self._thread.start()
        if self.prober is not None:
            self.prober.start()

    def stop(self) -> None:
        """Read no more; a pass that is under way is not waited for."""
        self._stop.set()
        if self.prober is not None:
            self.prober.stop()

    @property
    def is_alive(self) -> bool:
        """Tell whether the thread still runs."""
        return self._thread.is_alive()

    def is_stale(self) -> bool:
        """Tell whether the last snapshot is older than the intervals that may be missed."""
        if self.published is None:
            return True
        most = self.rhythm.missed * self.rhythm.interval_seconds
        return time.monotonic() - self.published.at > most

    def own_page(self) -> Page:
        """Return how reading and the probe go; it is as of now."""
        held = self.published
        taken_at = None if held is None else held.snapshot.taken_at.timestamp()
        is_up = self.passes.error is None and not self.is_stale()
        interval = self.rhythm.interval_seconds
        families = list(own(self.passes, taken_at, interval, is_up=is_up))
        if self.prober is not None:
            families += probe(self.prober.probed())
        return page(families, self.name)

    def held_pages(self) -> list[Page]:
        """Return what the last snapshot says; where it is stale, only that nothing is known."""
        held = self.published
        if held is None or self.is_stale():
            return [self._unknown]
        return [held.native, held.others]

    def once(self) -> None:
        """Take one snapshot and publish it; what goes wrong is kept in `passes`."""
        is_judged = self._is_judged_now()
        started = time.monotonic()
        try:
            pauses = is_judged and self._earlier is None
            self._publish(self.take(self.plans[is_judged], pauses), is_judged=is_judged)
        except KdiagError as error:
            self.passes.fail(str(error))
            log.warning("%s: %s", self.name, error)
        except Exception as error:  # a pass that fails must not end the exporter
            self.passes.fail(f"{type(error).__name__}: {error}")
            log.exception("%s: a pass failed", self.name)
        self.passes.last_seconds = time.monotonic() - started

    def _run(self) -> None:
        interval, is_first = self.rhythm.interval_seconds, True
        shift = random.random() * JITTER * interval  # noqa: S311 - no secret
        while not self._stop.is_set():
            self.once()
            if is_first:
                gc.freeze()  # what is loaded by now stays: the collector need not look at it again
                is_first = False
            now = time.time()
            behind = int(self.passes.last_seconds / interval)
            self.passes.skipped += behind
            due = (now - shift) // interval * interval + interval + shift
            self._stop.wait(max(0.0, due - now))

    def _is_judged_now(self) -> bool:
        if self._judged_at is None:
            return True
        early = self.rhythm.interval_seconds / 2
        return time.monotonic() - self._judged_at >= self.rhythm.diagnose_seconds - early

    def _publish(self, snapshot: Snapshot, *, is_judged: bool) -> None:
        self.passes.count(snapshot)
        if self.prober is not None:
            self.prober.learn(snapshot)
        report = None if self.published is None else self.published.report
        if is_judged:
            report = self.judge(self._with_earlier(snapshot))
            self._judged_at = time.monotonic()
            self._anchors = Anchors.of(snapshot)
            self._subjects.see(snapshot)
        self._keep_ends(snapshot)
        shown = self._without_past(snapshot) if is_judged else snapshot
        remembered = self._commits.at, self._subjects.by_level
        seen = Seen(shown, report, self._ages, self.shown, *remembered)
        self._commits.see(snapshot, seen.held(ConnectorRuns))
        del snapshot  # its past is large, and the pages are to come
        written = [
            page(native(seen), self.name),
            page(self._compatible(seen), None if self.is_only else self.name),
        ]
        (mine, others), dropped = within(written, self.shown.max_series)
        self.passes.dropped["max_series"] += dropped
        self.published = Published(
            replace(shown, sections={}, earlier=None), report, mine, others, time.monotonic()
        )

    def _compatible(self, seen: Seen) -> Iterator[Family]:
        for each in self.compat:
            yield from each.families(seen, self.name)

    def _with_earlier(self, snapshot: Snapshot) -> Snapshot:
        """Compare with the last snapshot that was judged; keep what the next one compares with."""
        whole = snapshot if self._earlier is None else replace(snapshot, earlier=self._earlier)
        twice: dict[type[Section], Any] = {
            section: held
            for section, held in snapshot.sections.items()
            if section in self.plans[True].twice
        }
        self._earlier = replace(snapshot, sections=twice, earlier=None)
        return whole

    def _without_past(self, snapshot: Snapshot) -> Snapshot:
        """Drop what only the checks want: it is as large as the rest, and the pages are to come."""
        done = self.plans[True].sections - self.plans[False].sections
        kept = {each: held for each, held in snapshot.sections.items() if each not in done}
        return replace(snapshot, sections=kept, earlier=None)

    def _keep_ends(self, snapshot: Snapshot) -> None:
        offsets = snapshot.get(Offsets)
        if isinstance(offsets, Offsets):
            rows = offsets.rows[offsets.rows["end_offset"].notna()]
            logs = zip(rows["topic"], rows["partition"], strict=True)
            ends = dict(zip(logs, rows["end_offset"].tolist(), strict=True))
            self._ends.add(offsets.read_at, ends)

    def _ages(self, rows: Any, offsets: Any) -> Any:
        logs = list(zip(rows["topic"], rows["partition"], strict=True))
        return self._ends.ages(logs, offsets.tolist(), *self._anchors.on(rows))
