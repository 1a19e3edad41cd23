"""What does not change within seconds, part by part: settings, disks, ACLs, users, the past."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from kdiag.finding import NotApplicable
from kdiag.plan import Plan
from kdiag.sections import (
    Acls,
    BrokerConfigs,
    BrokerLoggers,
    ClientQuotas,
    DiskHistory,
    Listeners,
    LogDirs,
    Monitoring,
    PastEnds,
    Replicas,
    ScramUsers,
    TopicConfigs,
    UnlistedTopics,
)
from kdiag.snapshot import Held, Section
from kdiag.sources.admin.acls import read_acls, read_unlisted_topics
from kdiag.sources.admin.ages import read_past_ends
from kdiag.sources.admin.configs import read_broker_configs, read_topic_configs
from kdiag.sources.admin.listeners import read_listeners
from kdiag.sources.admin.log_dirs import read_log_dirs
from kdiag.sources.admin.loggers import read_broker_loggers
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.quotas import read_client_quotas
from kdiag.sources.admin.scram import read_scram_users
from kdiag.sources.monitoring import read_monitoring
from kdiag.sources.prometheus import Asker, read_disk_history
from kdiag.wire.cluster import Wire

Filled = dict[type[Section], Held]
Part = tuple[set[type[Section]], Callable[[], Awaitable[Filled]]]
"""The sections that a part fills, and what reads it."""

_NO_PAST = NotApplicable("no Prometheus was given (--prometheus)")


@dataclass(frozen=True)
class Settled:
    """What the parts are read with. protocol: by which we connect. past: a Prometheus, if given."""

    wire: Wire
    plan: Plan
    registered: Registered
    now: datetime
    protocol: str
    past: Asker | None

    def all(self) -> Iterator[Part]:
        """Yield the parts; one is read where the plan wants a section of it."""
        yield {TopicConfigs}, self._topic_configs
        yield {BrokerConfigs, Listeners}, self._broker_configs
        yield {BrokerLoggers}, self._broker_loggers
        yield {LogDirs, Replicas}, self.log_dirs
        yield {ClientQuotas}, self._client_quotas
        yield {Acls, UnlistedTopics}, self._acls
        yield {ScramUsers}, self._scram_users
        yield {Monitoring}, self._monitoring
        yield {PastEnds}, self._past_ends
        yield {DiskHistory}, self._disk_history

    async def _topic_configs(self) -> Filled:
        topics = [str(topic.name) for topic in self.registered.topics]
        keys = self.plan.topic_configs
        return {TopicConfigs: await read_topic_configs(self.wire, topics, keys, self.now)}

    async def _broker_configs(self) -> Filled:
        """Ask for the settings; they tell where a broker listens."""
        configs = await read_broker_configs(self.wire, self.now)
        if Listeners not in self.plan.sections:
            return {BrokerConfigs: configs}
        listeners = await read_listeners(self.wire, configs, self.protocol, self.now)
        return {BrokerConfigs: configs, Listeners: listeners}

    async def _broker_loggers(self) -> Filled:
        return {BrokerLoggers: await read_broker_loggers(self.wire, self.now)}

    async def _client_quotas(self) -> Filled:
        return {ClientQuotas: await read_client_quotas(self.wire, self.now)}

    async def _acls(self) -> Filled:
        acls = await read_acls(self.wire, self.now)
        if UnlistedTopics not in self.plan.sections:
            return {Acls: acls}
        topics = [str(topic.name) for topic in self.registered.topics]
        unlisted = await read_unlisted_topics(self.wire, acls, topics, self.now)
        return {Acls: acls, UnlistedTopics: unlisted}

    async def _scram_users(self) -> Filled:
        return {ScramUsers: await read_scram_users(self.wire, self.now)}

    async def _past_ends(self) -> Filled:
        return {PastEnds: await read_past_ends(self.wire, self.registered)}

    async def _monitoring(self) -> Filled:
        return {Monitoring: _NO_PAST if self.past is None else await read_monitoring(self.past)}

    async def _disk_history(self) -> Filled:
        if self.past is None:
            return {DiskHistory: _NO_PAST}
        cluster_id = self.registered.cluster_id or ""
        return {DiskHistory: await read_disk_history(self.past, cluster_id, self.now)}

    async def log_dirs(self) -> Filled:
        """Ask for the volumes, and the replicas on them."""
        log_dirs, replicas = await read_log_dirs(self.wire, datetime.now(UTC))
        return {LogDirs: log_dirs, Replicas: replicas}
