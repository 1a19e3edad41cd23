"""What a pass asks, part by part; each part returns the sections that it filled.

Committed offsets are read before end offsets, so that lag errs upwards and is never negative.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from kdiag.collect.histories import Histories
from kdiag.collect.offered import offered
from kdiag.collect.pipelines import Pipelines
from kdiag.collect.settled import Filled, Settled
from kdiag.errors import ConnectError, KdiagError, UsageError
from kdiag.finding import NotApplicable
from kdiag.pipeline_sections import ReplicationSlots, SchemaIds
from kdiag.plan import Plan
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Cluster,
    Commits,
    EarlierSamples,
    EndOffsetHistory,
    Facts,
    GroupConfigs,
    Groups,
    LeaderEpochs,
    LogTimes,
    Members,
    Offsets,
    Partitions,
    Producers,
    Quorum,
    Reassignments,
    RecordSamples,
    Replicas,
    ShareOffsets,
    ShareStateHistory,
    StreamsTopologies,
    TieredOffsets,
    TopicConfigs,
    Topics,
    Transactions,
)
from kdiag.snapshot import Held, Missing, Section, Snapshot
from kdiag.sources.admin.ages import read_end_offset_history
from kdiag.sources.admin.cluster import kraft_brokers, make_brokers, make_cluster
from kdiag.sources.admin.commits import read_commits
from kdiag.sources.admin.controller import NO_QUORUM_YET, read_quorum, read_reassignments
from kdiag.sources.admin.groups import Listing, describe_groups, list_groups
from kdiag.sources.admin.hidden_topics import read_hidden_topics
from kdiag.sources.admin.leader_epochs import read_leader_epochs
from kdiag.sources.admin.log_times import read_log_times
from kdiag.sources.admin.metadata import make_tables, read_registered
from kdiag.sources.admin.offsets import read_offsets
from kdiag.sources.admin.outcome import missing
from kdiag.sources.admin.producers import read_producers
from kdiag.sources.admin.share_offsets import read_share_offsets
from kdiag.sources.admin.tiered import read_tiered_offsets
from kdiag.sources.admin.transactions import read_transactions
from kdiag.sources.jmx import FILLED, Access, Endpoint, endpoints, read_facts
from kdiag.sources.prometheus import (
    Asker,
    LookBack,
    Monitor,
    earlier_facts,
)
from kdiag.sources.rest.client import Asking
from kdiag.sources.services import Services
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

_GROUP_SECTIONS = frozenset(
    {Groups, Members, Commits, Offsets, EndOffsetHistory, StreamsTopologies}
    | {ShareOffsets, ShareStateHistory, GroupConfigs, LeaderEpochs}
    | {Transactions, Producers}
)
_OF_TOPICS = frozenset({Topics, Partitions, TopicConfigs, Commits, Offsets, EndOffsetHistory})


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
        access: Access,
        prometheus: Monitor | None,
        services: Services,
    ) -> None:
        self.plan, self.now = plan, now
        self._access, self._services = access, services
        self._past = None if prometheus is None else Asker(prometheus, request_timeout_seconds)
        self._bootstrap, self._settings = bootstrap, settings
        self._request_timeout_seconds = request_timeout_seconds
        self._timeout_seconds = timeout_seconds
        self.seconds: dict[str, float] = {}
        self._aside: Counter[str] = Counter()
        self._has_transactions = False
        self._listing: Listing | None = None
        self._hidden: Missing | None = None
        self._other_clusters: Mapping[str, str] = {}

    async def __aenter__(self) -> Self:
        self._ends_at = time.monotonic() + self._timeout_seconds
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
        left = max(0.0, self._ends_at - time.monotonic())
        seconds = min(self._request_timeout_seconds, left)
        wire = await Wire.connect(self._bootstrap, self._settings, seconds)
        wire.request_timeout_seconds = self._request_timeout_seconds
        wire.begin_pass(self._ends_at - time.monotonic())
        return wire

    async def register(self) -> None:
        """Ask which brokers and partitions there are."""
        try:
            self.registered = await read_registered(self.wire, datetime.now(UTC))
        except UsageError:
            raise
        except KdiagError as error:
            raise ConnectError(f"the cluster does not tell its metadata: {error}") from error
        self._made: tuple[Topics, Partitions] | None = None

    def _tables(self) -> tuple[Topics, Partitions]:
        """Return topics and partitions as tables, made once for each time that they were asked."""
        if self._made is None:
            self._made = make_tables(self.registered)
        return self._made

    def requests(self) -> dict[str, int]:
        """Return the number of requests so far, by API."""
        return dict(self.wire.traffic.requests + self._aside)

    def errors(self) -> dict[str, str]:
        """Return who did not answer for this cluster, and why; and what Prometheus did not tell."""
        brokers = {f"broker {id_}": why for id_, why in self.wire.unreachable.items()}
        for address, why in self._other_clusters.items():
            brokers[f"bootstrap server {address}"] = f"{why}; nothing of it was read"
        if self._past is None or self._past.trouble is None:
            return brokers
        shown = self._past.shown
        return {**brokers, shown: str(self._past.trouble).removeprefix(f"{shown} ")}

    async def settled(self) -> Filled:
        """Read what does not change within seconds: configs, disks, the controller's view."""
        parts = (
            *self._parts().all(),
            *self._pipelines().all(),
            ({Quorum, Reassignments}, self._controller),
        )
        asked = [self._timed(part()) for fills, part in parts if self.plan.sections & fills]
        held: Filled = {}
        for each in await asyncio.gather(*asked, self._others()):
            held |= each
        is_migrating = self._cluster(held).mode == "migrating"
        if is_migrating and isinstance(held.get(Quorum), NotApplicable):
            held[Quorum] = NO_QUORUM_YET
        return held

    def _parts(self) -> Settled:
        return Settled(
            self.wire,
            self.plan,
            self.registered,
            self.now,
            self._settings.security_protocol,
            self._past,
        )

    def _pipelines(self) -> Pipelines:
        asking = Asking(self._request_timeout_seconds, self._timeout_seconds, self._aside)
        return Pipelines(self._services, asking, self.registered.cluster_id, self.plan.sections)

    def _cluster(self, held: Filled) -> Cluster:
        configs = held.get(BrokerConfigs)
        known = configs if isinstance(configs, BrokerConfigs) else None
        return make_cluster(self.wire, self.registered, self.now, known)

    async def _others(self) -> Filled:
        """See who is at bootstrap addresses that no broker has; it fills no section."""
        with suppress(KdiagError):
            await self.wire.meet()
        self._other_clusters = self.wire.other_clusters
        return {}

    async def _timed(self, part: Awaitable[Filled]) -> Filled:
        """Read a part, and keep how long that took."""
        began = time.monotonic()
        filled = await part
        self.seconds |= {section.__name__: time.monotonic() - began for section in filled}
        return filled

    async def _controller(self) -> Filled:
        """Ask what brokers forward to the controller, on a connection of its own.

        A broker answers the requests of a connection in their order: a controller that hangs
        would hold up everything else.
        """
        await self.wire.reach()
        now = datetime.now(UTC)
        mode = self._cluster({}).mode
        try:
            async with await self._connect() as aside:
                aside.learn((node.id, node.host, node.port) for node in self.registered.nodes)
                controller = self.registered.controller if mode == "zookeeper" else None
                quorum, reassignments = await asyncio.gather(
                    read_quorum(aside, mode, now, kraft_brokers(self.wire)),
                    read_reassignments(aside, now, controller),
                )
        except KdiagError as error:
            return dict.fromkeys((Quorum, Reassignments), missing(error))
        self._aside += aside.traffic.requests
        return {Quorum: quorum, Reassignments: reassignments}

    @property
    def _cluster_id(self) -> str:
        return self.registered.cluster_id or ""

    async def again(self, settled: Filled) -> Filled:
        """Read a second time what controller and databases know, and sizes while replicas move."""
        held: Filled = {}
        if self.plan.twice & {Quorum, Reassignments} and _is_told(settled.get(Quorum)):
            held |= await self._timed(self._controller())
        moving = settled.get(Reassignments)
        if Replicas in self.plan.twice and isinstance(moving, Reassignments) and len(moving):
            held |= await self._timed(self._parts().log_dirs())
        if ReplicationSlots in self.plan.twice and self._services.postgres:
            held |= await self._timed(self._pipelines().postgres())
        return held

    async def sample(self) -> Filled:
        """Read what moves: groups, commits, and then end offsets."""
        if not self.plan.sections & _GROUP_SECTIONS:
            _, facts = await asyncio.gather(self.wire.reach(), self._facts())
            return facts
        facts_read = asyncio.create_task(self._timed(self._facts()))
        transactions = asyncio.create_task(self._timed(self._transactions()))
        listing = await list_groups(self.wire, self.registered)
        self._listing = listing
        described = asyncio.create_task(self._timed(self._described(listing)))
        positions = await self._timed(self._positions(listing))
        ends = await self._timed(self._offsets())
        return {
            **await described,
            **positions,
            **ends,
            **await transactions,
            **await self._timed(self._producers(ends[Offsets])),
            **await self._timed(self._leader_epochs(positions[Commits])),
            **await facts_read,
        }

    async def _described(self, listing: Listing) -> Filled:
        now = datetime.now(UTC)
        groups, members, topologies = await describe_groups(self.wire, listing, now)
        return {Groups: groups, Members: members, StreamsTopologies: topologies}

    async def _positions(self, listing: Listing) -> Filled:
        now = datetime.now(UTC)
        commits, shared = await asyncio.gather(
            read_commits(self.wire, listing, now), read_share_offsets(self.wire, listing, now)
        )
        return {Commits: commits, ShareOffsets: shared}

    async def _offsets(self) -> Filled:
        return {Offsets: await read_offsets(self.wire, self.registered, datetime.now(UTC))}

    async def _facts(self) -> Filled:
        """Ask the brokers over JMX, and whoever else has a URL."""
        if not self.plan.sections & set(FILLED):
            return {}
        if not self._access.urls:
            return dict.fromkeys(FILLED, Missing("JMX was not read", "--jmx"))
        read = await read_facts(
            self._endpoints(),
            self._access,
            self.plan.facts,
            self._request_timeout_seconds,
            self._timeout_seconds,
        )
        return dict(read)

    def _endpoints(self) -> list[Endpoint]:
        hosts = {id_: address.host for id_, address in self.wire.brokers.items()}
        return endpoints(self._access.urls, hosts)

    async def _transactions(self) -> Filled:
        if Transactions not in self.plan.sections:
            return {}
        read = await read_transactions(self.wire, self.registered, datetime.now(UTC))
        self._has_transactions = isinstance(read, Transactions) and len(read) > 0
        return {Transactions: read}

    async def _producers(self, offsets: Held) -> Filled:
        """Ask who holds back the partitions whose last stable offset is below the end."""
        if Producers not in self.plan.sections or not isinstance(offsets, Offsets):
            return {}
        held = (offsets.rows["last_stable_offset"] < offsets.rows["end_offset"]).fillna(False)
        rows = offsets.rows[held]
        partitions = list(zip(rows["topic"].tolist(), rows["partition"].tolist(), strict=True))
        now = datetime.now(UTC)
        return {Producers: await read_producers(self.wire, self.registered, partitions, now)}

    async def _leader_epochs(self, commits: Held) -> Filled:
        """Ask where past leader epochs end, where some group committed in one."""
        if LeaderEpochs not in self.plan.sections or not isinstance(commits, Commits):
            return {}
        now = datetime.now(UTC)
        return {LeaderEpochs: await read_leader_epochs(self.wire, self.registered, commits, now)}

    async def past(self, sample: Filled, until: float) -> Filled:
        """Ask for end offsets of the past, where some group is behind the end or has no offset.

        until: of time.monotonic(); what is not known then stays a wider interval.
        """
        if EndOffsetHistory not in self.plan.sections:
            return {}
        commits, shared, ends = sample.get(Commits), sample.get(ShareOffsets), sample.get(Offsets)
        if (
            not isinstance(commits, Commits)
            or not isinstance(shared, ShareOffsets)
            or not isinstance(ends, Offsets)
        ):
            return {}
        back, members = self._look_back(commits), sample.get(Members)
        past = await read_end_offset_history(
            self.wire,
            self.registered,
            commits,
            shared,
            ends,
            until,
            None if back is None else back.ends,
            members if isinstance(members, Members) else None,
        )
        if back is None or back.positions is None:
            return {EndOffsetHistory: past}
        return {EndOffsetHistory: past, EarlierSamples: back.positions}

    async def log_times(self, settled: Filled) -> Filled:
        """Ask how old the oldest records are; after what is urgent, as it reads from every log."""
        if LogTimes not in self.plan.sections:
            return {}
        configs = _configs(settled)
        return {LogTimes: await read_log_times(self.wire, self.registered, configs)}

    async def tiered(self, settled: Filled) -> Filled:
        """Ask what of tiered topics is in remote storage; part of each sample."""
        if TieredOffsets not in self.plan.sections:
            return {}
        configs = _configs(settled)
        return {TieredOffsets: await read_tiered_offsets(self.wire, self.registered, configs)}

    def _look_back(self, commits: Commits) -> LookBack | None:
        """Return what asks Prometheus where groups stood, where that is wanted and can be told."""
        if self._past is None or EarlierSamples not in self.plan.sections or not self._cluster_id:
            return None
        return LookBack(self._past, self._cluster_id, commits, self._request_timeout_seconds)

    async def earlier_facts(self, sample: Filled) -> Snapshot | None:
        """Ask for the JMX counters of some minutes ago; None where nobody has stored them."""
        facts = sample.get(Facts)
        if self._past is None or Facts not in self.plan.twice or not isinstance(facts, Facts):
            return None
        return await earlier_facts(self._past, self._endpoints(), facts, self._access.names)

    async def history(self, settled: Filled, seconds: float, bytes_: int) -> Filled:
        """Read what groups did, where a check wants it and the budget allows."""
        replicas = settled.get(Replicas)
        histories = Histories(
            self.wire,
            self.plan,
            self._tables(),
            self.now,
            self._listing,
            replicas if isinstance(replicas, Replicas) else None,
            has_transactions=self._has_transactions,
        )
        return await self._timed(histories.read(seconds, bytes_))

    async def hidden(self, held: Filled) -> None:
        """Ask whether there are topics that Metadata leaves out; sections then say so."""
        if self.plan.sections & _OF_TOPICS:
            self._hidden = await read_hidden_topics(
                self.wire, self.registered, held.get(Replicas), held.get(Members)
            )

    async def records(self, held: Filled, *, is_asked: bool) -> Filled:
        """Look at single records, where a check would and the user allows it."""
        if RecordSamples not in self.plan.sections:
            return {}
        commits, ends = held.get(Commits), held.get(Offsets)
        if not is_asked or not isinstance(commits, Commits) or not isinstance(ends, Offsets):
            return {RecordSamples: Missing("no record was looked at", "--sample-records")}
        from kdiag.sources.records import read_records  # it imports numpy

        past = held.get(EndOffsetHistory)
        past = past if isinstance(past, EndOffsetHistory) else None
        return {RecordSamples: await read_records(self.wire, self.registered, commits, ends, past)}

    async def schema_ids(self, held: Filled) -> Filled:
        """Ask registries for the ids of these records, where a check would."""
        if SchemaIds not in self.plan.sections:
            return {}
        return await self._timed(self._pipelines().schema_ids(held))

    def sections(self, held: Filled) -> Filled:
        """Return what is held together with what the metadata says."""
        topics, partitions = self._tables()
        read: Filled = {
            Cluster: self._cluster(held),
            Brokers: make_brokers(self.wire, self.registered, partitions, self.now),
            Topics: topics,
            Partitions: partitions,
            **held,
        }
        return offered(read if self._hidden is None else _in_part(read, self._hidden))


def _in_part(read: Filled, hidden: Missing) -> Filled:
    """Return the sections, those about topics with what of them is hidden."""
    return {
        section: replace(held, errors={**held.errors, "hidden topics": hidden})
        if section in _OF_TOPICS and isinstance(held, Section)
        else held
        for section, held in read.items()
    }


def _configs(settled: Filled) -> TopicConfigs | Missing:
    """Return the settings of topics, or why there are none."""
    held = settled.get(TopicConfigs)
    if isinstance(held, TopicConfigs | Missing):
        return held
    return Missing("the settings of topics were not read")


def _is_told(quorum: Held | None) -> bool:
    """Tell whether a controller answered; one that did not is not waited for again."""
    return isinstance(quorum, NotApplicable) or (isinstance(quorum, Quorum) and len(quorum) > 0)
