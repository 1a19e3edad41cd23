"""Whether the cluster still keeps its metadata in ZooKeeper, and what stands before KRaft."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kdiag.analysis.facts import value_by_target
from kdiag.analysis.modes import is_no_kafka
from kdiag.check import derive
from kdiag.command import Release, release_of
from kdiag.finding import NotApplicable
from kdiag.sections import BrokerConfigs, Brokers, Cluster, Facts, Mode
from kdiag.snapshot import Missing, Section

BRIDGE = (3, 9)
"""The last release with ZooKeeper, and the only one to migrate from (upgrade notes of 4.0)."""

_MIGRATION = "zookeeper-migration"
_WRITES_TO_BOTH = (1, 2)
"""Values of ZkMigrationState: MIGRATION and PRE_MIGRATION (ZkMigrationState of Kafka 3.5)."""

_LEADER_AND_ISR = 4
"""Key of an API that brokers in ZooKeeper mode have and others do not."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ZooKeeperUse(Section):
    """Where the metadata lives.

    version: of the oldest broker, as far as it could be told. release: its numbers; the newest that
    it may be. blockers: what must be done before the migration to KRaft can start, one sentence
    each, as far as the settings were read. brokers: those in ZooKeeper mode. controllers: addresses
    of the controllers on KRaft that the brokers know, `host:port` each.
    """

    noun: ClassVar[str] = "cluster"

    mode: Mode
    version: str | None = None
    release: Release | None = None
    blockers: tuple[str, ...] = ()
    brokers: tuple[int, ...] = ()
    controllers: tuple[str, ...] = ()

    @property
    def is_before_bridge(self) -> bool:
        """Tell whether the release is known to be older than the last one with ZooKeeper."""
        return self.release is not None and self.release < BRIDGE


@dataclass(frozen=True, eq=False, kw_only=True)
class MigrationState(Section):
    """What the controllers say of a migration. is_in_both: they write to ZooKeeper too."""

    noun: ClassVar[str] = "cluster"

    is_in_both: bool


@derive(facts=(_MIGRATION,))
def migration_state(facts: Facts) -> MigrationState:
    """Take the state of the controllers; those that take part in no migration tell 0 or nothing."""
    states = value_by_target(facts, _MIGRATION).values()
    return MigrationState(is_in_both=any(state in _WRITES_TO_BOTH for state in states))


@derive()
def zookeeper_use(
    cluster: Cluster,
    brokers: Brokers | None,
    broker_configs: BrokerConfigs | None,
    state: MigrationState | None,
) -> ZooKeeperUse | Missing | NotApplicable:
    """Tell from the mode of the cluster, never from a zookeeper.connect that was left behind.

    Where all brokers are on KRaft already, only the controllers know of a migration.
    """
    if is_no_kafka(cluster):
        return NotApplicable(f"{cluster.service} has no ZooKeeper to show")
    if cluster.mode == "unknown":
        return Missing("no broker told whether it runs on KRaft or ZooKeeper")
    mode, release = cluster.mode, release_of(cluster.version)
    if mode == "kraft" and state is not None and state.is_in_both:
        mode = "migrating"
    is_open = "older" in (cluster.version or "") and release is not None and release >= BRIDGE
    known = None if is_open else release
    return ZooKeeperUse(
        mode=mode,
        version=cluster.version,
        release=known,
        blockers=() if mode == "kraft" else tuple(_blockers(known, broker_configs)),
        brokers=() if brokers is None else _in_zookeeper_mode(brokers),
        controllers=() if broker_configs is None else _controllers(broker_configs),
    )


def _in_zookeeper_mode(brokers: Brokers) -> tuple[int, ...]:
    rows = brokers.rows
    keys = ({key for key, *_ in versions or ()} for versions in rows["api_versions"])
    pairs = zip(rows["broker"], keys, strict=True)
    return tuple(int(id_) for id_, offered in pairs if _LEADER_AND_ISR in offered)


def _controllers(configs: BrokerConfigs) -> tuple[str, ...]:
    """Return the addresses out of controller.quorum.voters, `id@host:port` each."""
    told = configs.only("key", "controller.quorum.voters")["value"].dropna()
    voters = {voter.strip() for text in told for voter in text.split(",") if "@" in voter}
    return tuple(sorted(voter.partition("@")[2] for voter in voters))


def _blockers(release: Release | None, configs: BrokerConfigs | None) -> Iterator[str]:
    if release is None:
        yield "The exact release could not be told; it must be 3.9."
    elif release < BRIDGE:
        yield f"The brokers run {release[0]}.{release[1]}; upgrade them to the latest 3.9 first."
    if configs is None:
        return
    protocols = configs.only("key", "inter.broker.protocol.version")["value"].dropna()
    low = min((found for value in protocols if (found := release_of(value))), default=None)
    if low is not None and low < BRIDGE:
        yield f"inter.broker.protocol.version is {low[0]}.{low[1]}; raise it to 3.9."
    if any(configs.only("key", "control.plane.listener.name")["value"].dropna()):
        yield "control.plane.listener.name is set; KRaft does not allow it."
