"""One pass over a cluster: what the plan wants, read under one deadline, as a snapshot.

Everything that does not wait for something else is asked at once. Where a question is open that
only time can answer, a second sample is taken after a pause, and history is read in the pause.
"""

import asyncio
import gc
import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kdiag.collect.reading import Reading
from kdiag.collect.settled import Filled
from kdiag.collect.undecided import undecided
from kdiag.plan import Plan
from kdiag.sections import Partitions
from kdiag.snapshot import Snapshot
from kdiag.sources.jmx import Access
from kdiag.sources.prometheus import Monitor
from kdiag.sources.services import Services
from kdiag.sources.tables import tables_ready
from kdiag.wire.settings import ClientSettings

OnFirstSample = Callable[[Snapshot, str], None]
"""Gets what is known before the pause, and what the second sample shall tell."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how much a pass may take.

    sample_seconds: pause between two samples, taken only where one leaves a question open; 0 takes
    one sample. timeout_seconds: for the whole pass, besides the pause. request_timeout_seconds:
    for each request. history_seconds, history_bytes: for reading `__consumer_offsets`; 0 leaves
    it. sample_records: whether single records may be looked at.
    """

    sample_seconds: float = 5
    timeout_seconds: float = 30
    request_timeout_seconds: float = 5
    history_seconds: float = 5
    history_bytes: int = 64 << 20
    sample_records: bool = False


def collect(
    plan: Plan,
    bootstrap: str,
    settings: ClientSettings | None = None,
    limits: Limits | None = None,
    on_first_sample: OnFirstSample | None = None,
    access: Access | None = None,
    prometheus: Monitor | None = None,
    services: Services | None = None,
) -> Snapshot:
    """Read what the plan wants from a cluster and return the snapshot.

    on_first_sample: called with what is known before the pause. access: how to reach JMX, where it
    is asked. prometheus: one that watches the cluster. services: who stands around it.

    Raises UsageError for an address or certificate that is not one, ConnectError where no broker
    lets us in or tells its metadata.
    """
    threading.Thread(target=importlib.import_module, args=("pandas",), daemon=True).start()
    one = _Pass(
        plan,
        bootstrap,
        settings or ClientSettings(),
        limits or Limits(),
        on_first_sample,
        access or Access(),
        prometheus,
        services or Services(),
    )
    with _no_garbage_collection():
        return asyncio.run(one.run())


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the collector: replies are hundreds of thousands of objects, none of them garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass
class _Pass:
    """The order of one pass; `run` takes it from the first connection to the snapshot."""

    plan: Plan
    bootstrap: str
    settings: ClientSettings
    limits: Limits
    on_first_sample: OnFirstSample | None
    access: Access
    prometheus: Monitor | None
    services: Services

    async def run(self) -> Snapshot:
        self.taken_at, self.started = datetime.now(UTC), time.monotonic()
        seconds = self.limits.timeout_seconds + self.limits.sample_seconds
        async with Reading(
            self.plan,
            self.bootstrap,
            self.settings,
            self.taken_at,
            self.limits.request_timeout_seconds,
            seconds,
            self.access,
            self.prometheus,
            self.services,
        ) as self.reading:
            return await self._read()

    async def _read(self) -> Snapshot:
        settling = asyncio.create_task(self.reading.settled())
        first_at = time.monotonic()
        sample = await self.reading.sample()
        await tables_ready()
        once = await settling
        sample |= await self.reading.tiered(once)
        await self.reading.hidden({**once, **sample})
        earlier = self._snapshot(sample)
        once |= await self.reading.past(sample, self._half_of_the_pause())
        once |= await self.reading.records({**once, **sample}, is_asked=self.limits.sample_records)
        once |= await self.reading.schema_ids(once)
        once |= await self.reading.log_times(once)
        history = asyncio.create_task(self._history(once))
        question = self._question({**once, **earlier.sections})
        if question is None:
            before = await self.reading.earlier_facts(sample)
            return replace(self._snapshot({**once, **sample, **await history}), earlier=before)
        if self.on_first_sample is not None:
            self.on_first_sample(self._snapshot({**once, **sample}), question)
        await asyncio.sleep(max(0.0, self.limits.sample_seconds - (time.monotonic() - first_at)))
        once |= await history
        earlier = replace(earlier, sections={**earlier.sections, **self._kept(once)})
        if Partitions in self.plan.twice:
            await self.reading.register()
        again = asyncio.create_task(self.reading.again(once))
        sample = await self.reading.sample()
        sample |= await self.reading.tiered(once)
        once |= await again
        return replace(self._snapshot({**once, **sample}), earlier=earlier)

    def _kept(self, once: Filled) -> Filled:
        """Return what was read once and is read again, as it was."""
        return {section: held for section, held in once.items() if section in self.plan.twice}

    def _half_of_the_pause(self) -> float:
        """Return until when, of time.monotonic(), the past may be asked for."""
        return time.monotonic() + max(1.0, self.limits.sample_seconds / 2)

    def _question(self, held: Filled) -> str | None:
        """Return what a second sample shall tell; None where none is taken."""
        if not self.limits.sample_seconds or not self.plan.twice:
            return None
        return undecided(held, self.plan.twice)

    async def _history(self, once: Filled) -> Filled:
        return await self.reading.history(
            once, self.limits.history_seconds, self.limits.history_bytes
        )

    def _snapshot(self, held: Filled) -> Snapshot:
        return Snapshot(
            taken_at=self.taken_at,
            sections=self.reading.sections(held),
            duration_seconds=time.monotonic() - self.started,
            bootstrap=self.bootstrap,
            requests=self.reading.requests(),
            errors=self.reading.errors(),
            seconds=dict(self.reading.seconds),
        )
