"""One snapshot for several calls: read where the last one is too old, once for all who wait."""

import asyncio
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TypeVar

from kdiag.finding import Report
from kdiag.snapshot import Snapshot

T = TypeVar("T")

_KEPT_REPORTS = 20
"""Earlier reports that a comparison can name; without their snapshots."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A snapshot, and the report on it, made when it is first asked for.

    id: eight hex digits that no other reading has, of this server or another.
    """

    snapshot: Snapshot
    judge: Callable[[Snapshot], Report]
    id: str = field(default_factory=lambda: secrets.token_hex(4))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def age_seconds(self) -> float:
        """Return how old it is now."""
        return (datetime.now(UTC) - self.snapshot.taken_at).total_seconds()

    @property
    def report(self) -> Report:
        """Return the report of all checks; several threads may ask."""
        with self._lock:
            return self._report

    @cached_property
    def _report(self) -> Report:
        return self.judge(self.snapshot)


class Readings:
    """The last reading, and earlier reports by the time at which they were begun.

    take: reads the cluster, in a thread of its own. max_age_seconds: what is older is read again;
    infinite for a file. Calls that come while one is under way wait for
    it together; one that is given up leaves it to the others, and to those that come after.
    """

    def __init__(
        self,
        take: Callable[[], Snapshot],
        judge: Callable[[Snapshot], Report],
        max_age_seconds: float,
    ) -> None:
        self._take, self._judge = take, judge
        self.max_age_seconds = max_age_seconds
        self._last: Reading | None = None
        self._under_way: asyncio.Task[Reading] | None = None
        self._reports: OrderedDict[str, Report] = OrderedDict()

    async def current(self) -> Reading:
        """Return the last reading if it is young enough, else a new one.

        Raises what reading the cluster raises; the next call tries again.
        """
        if self._last is not None and self._last.age_seconds <= self.max_age_seconds:
            return self._last
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._read())
            self._under_way.add_done_callback(self._over)
        return await asyncio.shield(self._under_way)

    def held(self, id_: str) -> Reading | None:
        """Return the last reading, of any age, if it is the one that is meant."""
        return self._last if self._last is not None and self._last.id == id_ else None

    def report_since(self, started_at: str | None) -> Report | None:
        """Return the report that was begun then, or the first one; None where none is kept."""
        if started_at is not None:
            return self._reports.get(started_at)
        return next(iter(self._reports.values()), None)

    def keep(self, report: Report) -> None:
        """Keep a report to compare later ones with."""
        self._reports.setdefault(began(report.started_at), report)
        while len(self._reports) > _KEPT_REPORTS:
            self._reports.popitem(last=False)

    @property
    def kept(self) -> list[str]:
        """Return when the reports that are kept were begun, the first one first."""
        return list(self._reports)

    async def _read(self) -> Reading:
        self._last = Reading(await in_thread(self._take), self._judge)
        return self._last

    def _over(self, task: asyncio.Task[Reading]) -> None:
        self._under_way = None
        if not task.cancelled():
            task.exception()  # those who waited for it were told; nobody may be left


def began(at: datetime) -> str:
    """Return when a snapshot was begun, as documents have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def in_thread(work: Callable[[], T]) -> T:
    """Return what a function returns that blocks; its thread does not keep the process alive."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)  # type: ignore[arg-type]
        else:
            done.set_exception(error)

    def run() -> None:
        try:
            result, error = work(), None
        except BaseException as raised:  # noqa: BLE001 - raised again where it is waited for
            result, error = None, raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    threading.Thread(target=run, name="kdiag-work", daemon=True).start()
    return await done
