"""One pass over a cluster: what the plan wants, read under one deadline, as a snapshot.

Everything that does not wait for something else is asked at once. Committed offsets are read
before end offsets, so that lag errs upwards and is never negative. Where rates are wanted, the
earlier sample is taken first, and the rest of the work fills the pause.
"""

import asyncio
import gc
import importlib
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kdiag.errors import ConnectError, KdiagError, UsageError
from kdiag.finding import NotApplicable
from kdiag.plan import Plan
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Cluster,
    Commits,
    EndOffsetHistory,
    Facts,
    Groups,
    LogDirs,
    Members,
    Offsets,
    Partitions,
    Quorum,
    Reassignments,
    Replicas,
    TopicConfigs,
    Topics,
)
from kdiag.snapshot import Missing, Section, Snapshot
from kdiag.sources.admin.ages import Backlog, read_end_offset_history
from kdiag.sources.admin.cluster import make_brokers, make_cluster
from kdiag.sources.admin.commits import read_commits
from kdiag.sources.admin.configs import read_broker_configs, read_topic_configs
from kdiag.sources.admin.controller import read_quorum, read_reassignments
from kdiag.sources.admin.groups import describe_groups, list_groups
from kdiag.sources.admin.log_dirs import read_log_dirs
from kdiag.sources.admin.metadata import Registered, make_tables, read_registered
from kdiag.sources.admin.offsets import read_offsets
from kdiag.sources.admin.outcome import missing
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

_GROUP_SECTIONS = frozenset({Groups, Members, Commits, Offsets})

Held = Section | Missing | NotApplicable
OnFirstSample = Callable[[Snapshot], None]


def collect(
    plan: Plan,
    bootstrap: str,
    settings: ClientSettings | None = None,
    *,
    sample_seconds: float = 0,
    timeout_seconds: float = 30,
    request_timeout_seconds: float = 5,
    on_first_sample: OnFirstSample | None = None,
) -> Snapshot:
    """Read what the plan wants from a cluster and return the snapshot.

    sample_seconds: pause between two samples of what the plan wants twice; 0 takes one sample.
    timeout_seconds: for the whole pass, besides the pause. on_first_sample: called with what is
    known before the pause.

    Raises UsageError for an address or certificate that is not one, ConnectError where no broker
    lets us in or tells its metadata.
    """
    threading.Thread(target=importlib.import_module, args=("pandas",), daemon=True).start()
    reading = _Pass(
        plan=plan,
        bootstrap=bootstrap,
        settings=settings or ClientSettings(),
        sample_seconds=sample_seconds if plan.twice else 0,
        timeout_seconds=timeout_seconds,
        request_timeout_seconds=request_timeout_seconds,
        on_first_sample=on_first_sample,
    )
    with _no_garbage_collection():
        return asyncio.run(reading.run())


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


@dataclass(kw_only=True)
class _Pass:
    """The state of one pass; `run` takes it from the first connection to the snapshot."""

    plan: Plan
    bootstrap: str
    settings: ClientSettings
    sample_seconds: float
    timeout_seconds: float
    request_timeout_seconds: float
    on_first_sample: OnFirstSample | None

    async def run(self) -> Snapshot:
        self.taken_at, self.started = datetime.now(UTC), time.monotonic()
        self.requests_aside: Counter[str] = Counter()
        async with await self._connect() as self.wire:
            self.registered = await self._registered()
            return await self._read()

    async def _connect(self) -> Wire:
        wire = await Wire.connect(self.bootstrap, self.settings, self.request_timeout_seconds)
        wire.begin_pass(self.timeout_seconds + self.sample_seconds)
        return wire

    async def _registered(self) -> Registered:
        try:
            return await read_registered(self.wire, self.taken_at)
        except UsageError:
            raise
        except KdiagError as error:
            raise ConnectError(f"the cluster does not tell its metadata: {error}") from error

    async def _read(self) -> Snapshot:
        settled = asyncio.create_task(self._settled())
        first_at = time.monotonic()
        sample = await self._sample()
        await tables_ready()
        if not self.sample_seconds:
            return self._snapshot({**await settled, **sample})
        earlier = replace(self._snapshot(sample), earlier=None)
        once = await settled
        if self.on_first_sample is not None:
            self.on_first_sample(self._snapshot({**once, **sample}))
        past = await self._past(sample)
        await asyncio.sleep(max(0.0, self.sample_seconds - (time.monotonic() - first_at)))
        if Partitions in self.plan.twice:
            self.registered = await self._registered()
        sample = await self._sample()
        return replace(self._snapshot({**once, **sample, **past}), earlier=earlier)

    async def _settled(self) -> dict[type[Section], Held]:
        """Read what does not change within seconds: configs, disks, the controller's view."""
        asked: list[Awaitable[dict[type[Section], Held]]] = []
        if TopicConfigs in self.plan.sections:
            asked.append(self._topic_configs())
        if BrokerConfigs in self.plan.sections:
            asked.append(self._broker_configs())
        if self.plan.sections & {LogDirs, Replicas}:
            asked.append(self._log_dirs())
        if self.plan.sections & {Quorum, Reassignments}:
            asked.append(self._controller())
        held: dict[type[Section], Held] = {}
        for each in await asyncio.gather(*asked):
            held |= each
        return held

    async def _topic_configs(self) -> dict[type[Section], Held]:
        topics, keys = (
            [str(topic.name) for topic in self.registered.topics],
            self.plan.topic_configs,
        )
        return {TopicConfigs: await read_topic_configs(self.wire, topics, keys, self.taken_at)}

    async def _broker_configs(self) -> dict[type[Section], Held]:
        return {BrokerConfigs: await read_broker_configs(self.wire, self.taken_at)}

    async def _log_dirs(self) -> dict[type[Section], Held]:
        log_dirs, replicas = await read_log_dirs(self.wire, self.taken_at)
        return {LogDirs: log_dirs, Replicas: replicas}

    async def _controller(self) -> dict[type[Section], Held]:
        """Ask what brokers forward to the controller, on a connection of its own.

        A broker answers the requests of a connection in their order: a controller that hangs
        would hold up everything else.
        """
        await self.wire.reach()
        mode = make_cluster(self.wire, self.registered, self.taken_at).mode
        try:
            async with await self._connect() as aside:
                quorum, reassignments = await asyncio.gather(
                    read_quorum(aside, mode, self.taken_at),
                    read_reassignments(aside, self.taken_at),
                )
        except KdiagError as error:
            return dict.fromkeys((Quorum, Reassignments), missing(error))
        self.requests_aside = aside.traffic.requests
        return {Quorum: quorum, Reassignments: reassignments}

    async def _sample(self) -> dict[type[Section], Held]:
        """Read what moves: groups, commits, and then end offsets."""
        if not self.plan.sections & (_GROUP_SECTIONS | {EndOffsetHistory}):
            await self.wire.reach()
            return {}
        listing = await list_groups(self.wire, self.registered)
        described = asyncio.create_task(describe_groups(self.wire, listing, datetime.now(UTC)))
        commits_at = datetime.now(UTC)
        commits = await read_commits(self.wire, listing, commits_at)
        offsets = await read_offsets(self.wire, self.registered, datetime.now(UTC))
        groups, members = await described
        return {Groups: groups, Members: members, Commits: commits, Offsets: offsets}

    async def _past(self, sample: dict[type[Section], Held]) -> dict[type[Section], Held]:
        """Ask for end offsets of the past, where some committed offset is behind the end."""
        if EndOffsetHistory not in self.plan.sections:
            return {}
        commits, ends = sample.get(Commits), sample.get(Offsets)
        if not isinstance(commits, Commits) or not isinstance(ends, Offsets):
            return {}
        backlogs = _backlogs(commits, ends)
        until = time.monotonic() + self.sample_seconds / 2
        past = await read_end_offset_history(self.wire, self.registered, backlogs, until)
        return {EndOffsetHistory: past}

    def _snapshot(self, held: dict[type[Section], Held]) -> Snapshot:
        now, registered = self.taken_at, self.registered
        topics, partitions = make_tables(registered)
        sections: dict[type[Section], Held] = {
            Cluster: make_cluster(self.wire, registered, now),
            Brokers: make_brokers(self.wire, registered, partitions, now),
            Topics: topics,
            Partitions: partitions,
            **held,
        }
        if Facts in self.plan.sections:
            sections[Facts] = Missing("JMX was not read", "--jmx")
        return Snapshot(
            taken_at=now,
            sections=sections,
            duration_seconds=time.monotonic() - self.started,
            bootstrap=self.bootstrap,
            requests=dict(self.wire.traffic.requests + self.requests_aside),
            errors={f"broker {id_}": why for id_, why in self.wire.unreachable.items()},
        )


def _backlogs(commits: Commits, ends: Offsets) -> list[Backlog]:
    """Return the committed offsets below the end, one for each partition and offset."""
    key = ["topic", "partition"]
    known = commits.rows[[*key, "committed_offset"]].dropna().drop_duplicates()
    logs = ends.rows[[*key, "log_start_offset", "end_offset"]].dropna()
    joined = known.merge(logs, on=key)
    behind = joined[joined["committed_offset"] < joined["end_offset"]]
    position = behind[["committed_offset", "log_start_offset"]].max(axis=1)
    columns = (behind["topic"], behind["partition"], position, behind["end_offset"])
    return [Backlog(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
