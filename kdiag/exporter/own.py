"""What the exporter tells of itself: whether it reads the cluster, how well, and at what cost."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kdiag.exporter.family import Family
from kdiag.finding import NotApplicable
from kdiag.snapshot import Section, Snapshot

_UP = Family("kdiag_up", "1 if the last snapshot could be taken, and its metrics are not stale.")
_AT = Family(
    "kdiag_snapshot_timestamp_seconds",
    "When the snapshot was taken that all metrics of the cluster are from; they are not taken "
    "anew for a scrape.",
)
_INTERVAL = Family("kdiag_snapshot_interval_seconds", "Time between two snapshots.")
_SECONDS = Family("kdiag_snapshot_duration_seconds", "How long the last snapshot took.")
_TAKEN = Family(
    "kdiag_snapshots",
    "Snapshots that were taken, that failed, that were skipped since the one before took too long.",
    ("outcome",),
    kind="counter",
)
_REQUESTS = Family(
    "kdiag_requests",
    "Requests to the cluster, by API; none of them writes.",
    ("api",),
    kind="counter",
)
_SUCCESS = Family(
    "kdiag_collector_success",
    "1 if the part of the last snapshot was read in whole, 0 if something is missing.",
    ("collector",),
)
_PARTS = Family(
    "kdiag_collector_seconds",
    "How long reading the part took.",
    ("collector",),
)
_DROPPED = Family(
    "kdiag_series_dropped",
    "Series that were left out of a snapshot's metrics.",
    ("reason",),
    kind="counter",
)


@dataclass
class Passes:
    """What became of the passes over one cluster. error: of the last one, None where it was good.

    success, seconds: part → whether the last pass that asked for it got it in whole, and how long
    that took. dropped: series, by reason.
    """

    taken: int = 0
    failed: int = 0
    skipped: int = 0
    dropped: Counter[str] = field(default_factory=lambda: Counter({"max_series": 0}))
    last_seconds: float = 0.0
    error: str | None = None
    requests: Counter[str] = field(default_factory=Counter)
    success: dict[str, bool] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def count(self, snapshot: Snapshot) -> None:
        """Count a snapshot that was taken."""
        self.taken += 1
        self.error = None
        self.requests += Counter(snapshot.requests)
        self.seconds |= {_named(part): took for part, took in snapshot.seconds.items()}
        for section, held in snapshot.sections.items():
            name = _named(section.__name__)
            if isinstance(held, NotApplicable):
                self.success.pop(name, None)
            else:
                self.success[name] = isinstance(held, Section) and not held.errors

    def fail(self, error: str) -> None:
        """Count a pass that failed."""
        self.failed += 1
        self.error = error


def own(
    passes: Passes, taken_at: float | None, interval: float, *, is_up: bool
) -> Iterator[Family]:
    """Yield how reading goes. taken_at: POSIX time of the last snapshot, None before the first."""
    yield _UP.one(int(is_up))
    yield _INTERVAL.one(interval)
    if taken_at is not None:
        yield _AT.one(taken_at)
    if passes.taken or passes.failed:
        yield _SECONDS.one(round(passes.last_seconds, 6))
    outcomes = {"taken": passes.taken, "failed": passes.failed, "skipped": passes.skipped}
    yield _TAKEN.rows(list(outcomes.items()))
    yield _REQUESTS.rows(sorted(passes.requests.items()))
    yield _SUCCESS.rows([(part, int(good)) for part, good in sorted(passes.success.items())])
    yield _PARTS.rows([(part, round(took, 6)) for part, took in sorted(passes.seconds.items())])
    yield _DROPPED.rows(sorted(passes.dropped.items()))


def _named(section: str) -> str:
    """Return the name of a section as a label is spelled: EndOffsetHistory, end_offset_history."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", section).lower()
