"""What a pass asks, part by part; each part returns the sections that it filled.

Committed offsets are read before end offsets, so that lag errs upwards and is never negative.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from kdiag.errors import ConnectError, KdiagError, UsageError
from kdiag.finding import NotApplicable
from kdiag.plan import Plan
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Cluster,
    CommitHistory,
    Commits,
    EndOffsetHistory,
    Facts,
    GenerationHistory,
    Groups,
    HistoryReach,
    LogDirs,
    MemberHistory,
    Members,
    Offsets,
    Partitions,
    Quorum,
    Reassignments,
    Replicas,
    TopicConfigs,
    Topics,
)
from kdiag.snapshot import Missing, Section
from kdiag.sources.admin.ages import Backlog, read_end_offset_history
from kdiag.sources.admin.cluster import make_brokers, make_cluster
from kdiag.sources.admin.commits import read_commits
from kdiag.sources.admin.configs import read_broker_configs, read_topic_configs
from kdiag.sources.admin.controller import read_quorum, read_reassignments
from kdiag.sources.admin.groups import describe_groups, list_groups
from kdiag.sources.admin.log_dirs import read_log_dirs
from kdiag.sources.admin.metadata import make_tables, read_registered
from kdiag.sources.admin.offsets import read_offsets
from kdiag.sources.admin.outcome import missing
from kdiag.sources.history import read_history
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

Held = Section | Missing | NotApplicable
Filled = dict[type[Section], Held]

_GROUP_SECTIONS = frozenset({Groups, Members, Commits, Offsets, EndOffsetHistory})
_HISTORY = (CommitHistory, GenerationHistory, MemberHistory, HistoryReach)


class Reading:
    """A connected cluster, and the parts of it that a plan wants.

    Raises ConnectError, on entering, where no broker lets us in or tells its metadata.
    """

    def __init__(
        self,
        plan: Plan,
        bootstrap: str,
        settings: ClientSettings,
        now: datetime,
        request_timeout_seconds: float,
        timeout_seconds: float,
    ) -> None:
        self.plan, self.now = plan, now
        self._bootstrap, self._settings = bootstrap, settings
        self._request_timeout_seconds = request_timeout_seconds
        self._timeout_seconds = timeout_seconds
        self._aside: Counter[str] = Counter()
        self._has_groups = False

    async def __aenter__(self) -> Self:
        self.wire = await self._connect()
        try:
            await self.register()
        except BaseException:
            await self.wire.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.wire.__aexit__(kind, error, trace)

    async def _connect(self) -> Wire:
        wire = await Wire.connect(self._bootstrap, self._settings, self._request_timeout_seconds)
        wire.begin_pass(self._timeout_seconds)
        return wire

    async def register(self) -> None:
        """Ask which brokers and partitions there are."""
        try:
            self.registered = await read_registered(self.wire, self.now)
        except UsageError:
            raise
        except KdiagError as error:
            raise ConnectError(f"the cluster does not tell its metadata: {error}") from error

    def requests(self) -> dict[str, int]:
        """Return the number of requests so far, by API."""
        return dict(self.wire.traffic.requests + self._aside)

    def errors(self) -> dict[str, str]:
        """Return the brokers that did not answer, and why."""
        return {f"broker {id_}": why for id_, why in self.wire.unreachable.items()}

    async def settled(self) -> Filled:
        """Read what does not change within seconds: configs, disks, the controller's view."""
        parts: tuple[tuple[set[type[Section]], Callable[[], Awaitable[Filled]]], ...] = (
            ({TopicConfigs}, self._topic_configs),
            ({BrokerConfigs}, self._broker_configs),
            ({LogDirs, Replicas}, self._log_dirs),
            ({Quorum, Reassignments}, self._controller),
        )
        asked = [part() for fills, part in parts if self.plan.sections & fills]
        held: Filled = {}
        for each in await asyncio.gather(*asked):
            held |= each
        return held

    async def _topic_configs(self) -> Filled:
        topics = [str(topic.name) for topic in self.registered.topics]
        keys = self.plan.topic_configs
        return {TopicConfigs: await read_topic_configs(self.wire, topics, keys, self.now)}

    async def _broker_configs(self) -> Filled:
        return {BrokerConfigs: await read_broker_configs(self.wire, self.now)}

    async def _log_dirs(self) -> Filled:
        log_dirs, replicas = await read_log_dirs(self.wire, self.now)
        return {LogDirs: log_dirs, Replicas: replicas}

    async def _controller(self) -> Filled:
        """Ask what brokers forward to the controller, on a connection of its own.

        A broker answers the requests of a connection in their order: a controller that hangs
        would hold up everything else.
        """
        await self.wire.reach()
        mode = make_cluster(self.wire, self.registered, self.now).mode
        try:
            async with await self._connect() as aside:
                quorum, reassignments = await asyncio.gather(
                    read_quorum(aside, mode, self.now),
                    read_reassignments(aside, self.now),
                )
        except KdiagError as error:
            return dict.fromkeys((Quorum, Reassignments), missing(error))
        self._aside += aside.traffic.requests
        return {Quorum: quorum, Reassignments: reassignments}

    async def sample(self) -> Filled:
        """Read what moves: groups, commits, and then end offsets."""
        if not self.plan.sections & _GROUP_SECTIONS:
            await self.wire.reach()
            return {}
        listing = await list_groups(self.wire, self.registered)
        self._has_groups = bool(listing.groups)
        described = asyncio.create_task(describe_groups(self.wire, listing, datetime.now(UTC)))
        commits = await read_commits(self.wire, listing, datetime.now(UTC))
        offsets = await read_offsets(self.wire, self.registered, datetime.now(UTC))
        groups, members = await described
        return {Groups: groups, Members: members, Commits: commits, Offsets: offsets}

    async def past(self, sample: Filled, until: float) -> Filled:
        """Ask for end offsets of the past, where some committed offset is behind the end.

        until: of time.monotonic(); what is not known then stays a wider interval.
        """
        if EndOffsetHistory not in self.plan.sections:
            return {}
        commits, ends = sample.get(Commits), sample.get(Offsets)
        if not isinstance(commits, Commits) or not isinstance(ends, Offsets):
            return {}
        backlogs = _backlogs(commits, ends)
        past = await read_end_offset_history(self.wire, self.registered, backlogs, until)
        return {EndOffsetHistory: past}

    async def history(self, settled: Filled, seconds: float, bytes_: int) -> Filled:
        """Read the tail of `__consumer_offsets`, where a check wants it and the budget allows."""
        if not self.plan.sections & set(_HISTORY):
            return {}
        if not seconds or not bytes_:
            return dict.fromkeys(_HISTORY, Missing("history was not read", "--history-seconds"))
        _, partitions = make_tables(self.registered)
        replicas = settled.get(Replicas)
        read = await read_history(
            self.wire,
            partitions,
            replicas if isinstance(replicas, Replicas) else None,
            self.now,
            has_groups=self._has_groups,
            budget_bytes=bytes_,
            budget_seconds=seconds,
        )
        return dict(read)

    def sections(self, held: Filled) -> Filled:
        """Return what is held together with what the metadata says."""
        topics, partitions = make_tables(self.registered)
        sections: Filled = {
            Cluster: make_cluster(self.wire, self.registered, self.now),
            Brokers: make_brokers(self.wire, self.registered, partitions, self.now),
            Topics: topics,
            Partitions: partitions,
            **held,
        }
        if Facts in self.plan.sections:
            sections[Facts] = Missing("JMX was not read", "--jmx")
        return sections


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
