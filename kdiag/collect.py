"""One pass over a cluster: what the plan wants, read under one deadline, as a snapshot.

Everything that does not wait for something else is asked at once. Committed offsets are read
before end offsets, so that lag errs upwards and is never negative. Where rates are wanted, the
earlier sample is taken first, and the rest of the work fills the pause.
"""

import asyncio
import importlib
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

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
from kdiag.sources.admin.cluster import make_brokers, make_cluster
from kdiag.sources.admin.commits import read_commits
from kdiag.sources.admin.configs import read_broker_configs, read_topic_configs
from kdiag.sources.admin.controller import read_quorum, read_reassignments
from kdiag.sources.admin.groups import describe_groups, list_groups
from kdiag.sources.admin.log_dirs import read_log_dirs
from kdiag.sources.admin.metadata import Registered, read_registered
from kdiag.sources.admin.offsets import read_end_offsets_at, read_offsets
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

_AGES_SECONDS = (30, 600)
"""How far back end offsets are asked: see OLD_SECONDS and STALE_SECONDS in kdiag.analysis.lag."""

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
    return asyncio.run(
        _Pass(
            plan=plan,
            bootstrap=bootstrap,
            settings=settings or ClientSettings(),
            sample_seconds=sample_seconds if plan.twice else 0,
            timeout_seconds=timeout_seconds,
            request_timeout_seconds=request_timeout_seconds,
            on_first_sample=on_first_sample,
        ).run()
    )


@dataclass(kw_only=True)
class _Pass:
    """The state of one pass; `run` takes it from the first connection to the snapshot.

    aside: a connection of its own for what brokers forward to the controller. A broker answers
    the requests of a connection in their order: a controller that hangs would stop the rest.
    """

    plan: Plan
    bootstrap: str
    settings: ClientSettings
    sample_seconds: float
    timeout_seconds: float
    request_timeout_seconds: float
    on_first_sample: OnFirstSample | None

    async def run(self) -> Snapshot:
        self.taken_at, self.started = datetime.now(UTC), time.monotonic()
        async with await self._connect() as self.wire:
            self.registered = await self._registered()
            async with await self._connect() as self.aside:
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
        """Read what does not change within seconds: configs, disks, the quorum."""
        wanted: dict[frozenset[type[Section]], Callable[[], Awaitable[Any]]] = {
            frozenset({TopicConfigs}): self._topic_configs,
            frozenset({BrokerConfigs}): lambda: read_broker_configs(self.wire, self.taken_at),
            frozenset({LogDirs, Replicas}): lambda: read_log_dirs(self.wire, self.taken_at),
            frozenset({Quorum}): self._quorum,
            frozenset({Reassignments}): lambda: read_reassignments(self.aside, self.taken_at),
        }
        chosen = {kinds: ask for kinds, ask in wanted.items() if kinds & self.plan.sections}
        made = await asyncio.gather(*(ask() for ask in chosen.values()))
        held: dict[type[Section], Held] = {}
        for kinds, each in zip(chosen, made, strict=True):
            ordered = [LogDirs, Replicas] if len(kinds) > 1 else list(kinds)
            held |= dict(zip(ordered, each if len(kinds) > 1 else (each,), strict=True))
        return held

    async def _topic_configs(self) -> TopicConfigs | Missing:
        topics = self.registered.topics.rows["topic"].tolist()
        return await read_topic_configs(self.wire, topics, self.plan.topic_configs, self.taken_at)

    async def _quorum(self) -> Held:
        await self.wire.reach()
        mode = make_cluster(self.wire, self.registered, self.taken_at).mode
        return await read_quorum(self.aside, mode, self.taken_at)

    async def _sample(self) -> dict[type[Section], Held]:
        """Read what moves: groups, commits, and then end offsets."""
        if not self.plan.sections & (_GROUP_SECTIONS | {EndOffsetHistory}):
            await self.wire.reach()
            return {}
        listing = await list_groups(self.wire, self.registered)
        described = asyncio.create_task(describe_groups(self.wire, listing, datetime.now(UTC)))
        commits_at = datetime.now(UTC)
        commits = await read_commits(self.wire, listing, commits_at)
        offsets = await read_offsets(self.wire, self.registered.partitions, datetime.now(UTC))
        groups, members = await described
        return {Groups: groups, Members: members, Commits: commits, Offsets: offsets}

    async def _past(self, sample: dict[type[Section], Held]) -> dict[type[Section], Held]:
        """Ask for end offsets of the past, where some committed offset is behind the end."""
        if EndOffsetHistory not in self.plan.sections:
            return {}
        commits, ends = sample.get(Commits), sample.get(Offsets)
        if not isinstance(commits, Commits) or not isinstance(ends, Offsets):
            return {}
        behind = _partitions_behind(self.registered.partitions, commits, ends)
        now = datetime.now(UTC)
        return {
            EndOffsetHistory: await read_end_offsets_at(self.wire, behind, ends, _AGES_SECONDS, now)
        }

    def _snapshot(self, held: dict[type[Section], Held]) -> Snapshot:
        now, registered = self.taken_at, self.registered
        sections: dict[type[Section], Held] = {
            Cluster: make_cluster(self.wire, registered, now),
            Brokers: make_brokers(self.wire, registered, registered.partitions, now),
            Topics: registered.topics,
            Partitions: registered.partitions,
            **held,
        }
        if Facts in self.plan.sections:
            sections[Facts] = Missing("JMX was not read", "--jmx")
        return Snapshot(
            taken_at=now,
            sections=sections,
            duration_seconds=time.monotonic() - self.started,
            bootstrap=self.bootstrap,
            requests=dict(self.wire.traffic.requests + self.aside.traffic.requests),
            errors={f"broker {id_}": why for id_, why in self.wire.unreachable.items()},
        )


def _partitions_behind(partitions: Partitions, commits: Commits, ends: Offsets) -> Partitions:
    """Return the partitions on which some group has not read everything."""
    key = ["topic", "partition"]
    known = commits.rows[[*key, "committed_offset"]].dropna()
    joined = known.merge(ends.rows[[*key, "end_offset"]], on=key)
    behind = joined[(joined["committed_offset"] < joined["end_offset"]).fillna(False)][key]
    rows = partitions.rows.merge(behind.drop_duplicates(), on=key)
    return Partitions(rows=rows, read_at=partitions.read_at)
