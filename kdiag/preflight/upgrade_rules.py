"""What stands before an upgrade, under the ids of doctor where the rule is one of doctor's.

What holds for a release is in upgrades.toml; here it is compared with what the cluster is and has
set. The rest, which no broker tells, is one list of remarks.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from kdiag.analysis.zookeeper import ZooKeeperUse
from kdiag.check import Said, check, derive
from kdiag.command import Release, release_of
from kdiag.finding import CLUSTER, Action, Finding, NotApplicable, Subject, broker, topic
from kdiag.preflight.upgrades import Setting, Target, Upgrades, upgrades
from kdiag.sections import BrokerConfigs, Cluster, TopicConfigs, Topics
from kdiag.snapshot import Missing, Section
from kdiag.wording import count, listed

_FEATURES = "kafka-features.sh --bootstrap-server {bootstrap} describe"
_OWN_OF_ZOOKEEPER = "zookeeper."
_EVER = (99, 0)
OF_TOPICS: Mapping[str, Release] = {
    "message.downconversion.enable": (4, 0),
    "message.format.version": (4, 0),
    "message.timestamp.difference.max.ms": (4, 0),
    "segment.bytes": _EVER,
}
"""Setting of topics in the table → the first release whose brokers do not list it any more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Upgrade(Section):
    """Which release the cluster is to be upgraded to, as asked, not read."""

    noun: ClassVar[str] = "upgrade"

    target: Target

    @property
    def name(self) -> str:
        """Return the release in words."""
        return named(self.target.release)

    @property
    def table(self) -> Upgrades:
        """What is known of upgrades."""
        return upgrades()

    def is_new(self, since: Release, running: Release) -> bool:
        """Tell whether something that holds since a release comes with the upgrade."""
        return running < since <= self.target.release


@dataclass(frozen=True, eq=False, kw_only=True)
class Running(Section):
    """The release of the oldest broker. shown: as Cluster has it."""

    noun: ClassVar[str] = "cluster"

    release: Release
    shown: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Finalized(Section):
    """The finalized metadata.version, on KRaft."""

    noun: ClassVar[str] = "cluster"

    shown: str
    release: Release


def named(release: Release) -> str:
    """Return a release in words."""
    return ".".join(map(str, release))


@derive()
def running(cluster: Cluster) -> Running | Missing:
    """Tell the release from what the brokers advertise."""
    release = release_of(cluster.version)
    if release is None or cluster.version is None:
        return Missing("not every broker told which release it runs")
    return Running(release=release, shown=cluster.version)


@derive()
def finalized(cluster: Cluster) -> Finalized | Missing | NotApplicable:
    """Tell the metadata.version; with ZooKeeper there is none."""
    if cluster.mode == "zookeeper":
        return NotApplicable("the cluster runs on ZooKeeper, without a metadata.version")
    shown = cluster.metadata_version
    release = release_of(shown)
    if shown is None or release is None:
        return Missing("the brokers do not tell their finalized metadata.version")
    return Finalized(shown=shown, release=release)


@dataclass(frozen=True, eq=False, kw_only=True)
class OwnSettings(Section):
    """What somebody has set, of brokers and topics. given: whose, key, value (None of a secret)."""

    noun: ClassVar[str] = "settings"

    given: tuple[tuple[Subject, str, Any], ...]


@derive()
def own_settings(
    configs: BrokerConfigs, topic_configs: TopicConfigs, topics: Topics, running: Running
) -> OwnSettings | Missing:
    """Leave out defaults; a setting of topics that was not asked for is not known to be one."""
    asked = set(topic_configs.rows["key"])
    lacking = [key for key, last in OF_TOPICS.items() if running.release < last]
    unread = [key for key in lacking if key not in asked]
    if unread and len(topics):
        return Missing(f"{listed(unread)} of the topics was not read", "a cluster, or a new file")
    brokers = configs.rows[configs.rows["source"] != "default"]
    columns = brokers["broker"], brokers["key"], brokers["value"]
    of_brokers = [(broker(int(id_)), key, value) for id_, key, value in zip(*columns, strict=True)]
    own = topic_configs.rows[topic_configs.rows["source"] == "topic"]
    columns = own["topic"], own["key"], own["value"]
    of_topics = [(topic(name), key, value) for name, key, value in zip(*columns, strict=True)]
    return OwnSettings(given=(*of_brokers, *of_topics))


@check(area="controller", escalate=True)
def zookeeper_in_use(use: ZooKeeperUse, upgrade: Upgrade) -> Said:
    """Clusters on ZooKeeper, or half way to KRaft, before a release that has no ZooKeeper."""
    if upgrade.target.has_zookeeper or use.mode == "kraft":
        return
    is_half_way = use.mode == "migrating"
    yield Finding(
        "critical",
        CLUSTER,
        f"Kafka {upgrade.name} has no ZooKeeper mode, and this cluster "
        + ("has not finished its migration to KRaft." if is_half_way else "runs on ZooKeeper."),
        "Brokers of that release do not start in this cluster.",
        cause=f"{count(len(use.blockers), 'step')} to take before the migration can start."
        if use.blockers
        else "",
        evidence={"mode": use.mode, "blockers": list(use.blockers)},
        actions=(
            *(Action(blocker) for blocker in use.blockers),
            Action(
                "Finish the migration to KRaft on 3.9, the last release with ZooKeeper, before "
                f"the upgrade; {upgrade.target.source}."
            ),
        ),
    )


@check(area="controller")
def upgrade_path(running: Running, upgrade: Upgrade) -> Said:
    """Releases that are too old to be upgraded at once."""
    oldest = upgrade.target.oldest
    if running.release >= oldest:
        return
    yield Finding(
        "critical",
        CLUSTER,
        f"Kafka {running.shown} cannot be upgraded to {upgrade.name} at once; that takes "
        f"{named(oldest)} or newer.",
        "Brokers of the two releases do not understand each other.",
        evidence={"kafka_version": running.shown, "oldest_release": named(oldest)},
        actions=(Action(f"Upgrade to the latest 3.9 first; {upgrade.target.source}."),),
    )


@check(area="controller")
def metadata_version_behind(finalized: Finalized, running: Running, upgrade: Upgrade) -> Said:
    """Clusters whose metadata.version is older than the release takes, or than the brokers."""
    oldest = upgrade.target.oldest
    is_refused = finalized.release < oldest
    if not is_refused and finalized.release >= running.release:
        return
    yield Finding(
        "critical" if is_refused else "info",
        CLUSTER,
        f"metadata.version is {finalized.shown}; brokers of {upgrade.name} take {named(oldest)} or "
        "newer."
        if is_refused
        else f"The upgrade to {running.shown} was not finalized: metadata.version is "
        f"{finalized.shown}.",
        "They do not start in this cluster."
        if is_refused
        else "It can be skipped; but what is new in both releases is then switched on at once.",
        evidence={"metadata_version": finalized.shown, "oldest_release": named(oldest)},
        actions=(
            Action("See what is finalized.", _FEATURES),
            Action(f"Finalize {running.shown} once no downgrade is wanted.", effect="disruptive"),
        ),
    )


@check(area="brokers")
def removed_setting(own: OwnSettings, cluster: Cluster, running: Running, upgrade: Upgrade) -> Said:
    """Brokers and topics with settings that the release does not have, or not for long."""
    rules = _rules(upgrade, running, "removed", "deprecated")
    if cluster.mode != "kraft":  # those of ZooKeeper are needed until it is left
        rules = {key: rule for key, rule in rules.items() if not key.startswith(_OWN_OF_ZOOKEEPER)}
    found: dict[Subject, list[Setting]] = defaultdict(list)
    for subject, key, _ in own.given:
        if key in rules and rules[key].owner == subject.type:
            found[subject].append(rules[key])
    for subject, settings in found.items():
        gone = [rule for rule in settings if rule.kind == "removed"]
        yield Finding(
            "warning" if gone else "info",
            subject,
            f"{_who(subject)} sets {listed((rule.key for rule in gone or settings), 5)}, which "
            f"Kafka {upgrade.name} {'does not have' if gone else 'is about to drop'}.",
            "What was set is not in effect any more after the upgrade."
            if gone
            else "It still works, and ends with the next major release.",
            evidence={
                "settings": {rule.key: rule.instead for rule in settings},
                "sources": sorted({rule.source for rule in settings}),
            },
            actions=(Action("Remove them before, and set what takes their place."),),
        )


@check(area="brokers")
def refused_setting(own: OwnSettings, running: Running, upgrade: Upgrade) -> Said:
    """Brokers and topics with a value that the release refuses."""
    rules = _rules(upgrade, running, "least")
    for subject, key, value in own.given:
        rule = rules.get(key)
        if rule is None or rule.owner != subject.type or not _is_below(value, rule.least):
            continue
        yield Finding(
            "critical",
            subject,
            f"{_who(subject)} sets {key}={value}; Kafka {upgrade.name} takes {rule.least:,} at "
            "least.",
            "A broker that reads this value does not start, or does not load the topic.",
            evidence={"setting": key, "value": value, "least": rule.least, "source": rule.source},
            actions=(Action(f"Set {key} to {rule.least} or more before the upgrade."),),
            confidence="certain" if rule.owner == "broker" else "likely",
        )


@check(area="itself")
def upgrade_remarks(running: Running, upgrade: Upgrade) -> Said:
    """Upgrades that bring what no broker tells of."""
    remarks = [one for one in upgrade.table.remarks if upgrade.is_new(one.since, running.release)]
    if not remarks:
        return
    yield Finding(
        "info",
        CLUSTER,
        f"{count(len(remarks), 'thing')} that cannot be seen from the brokers "
        f"{'changes' if len(remarks) == 1 else 'change'} from {running.shown} to {upgrade.name} "
        f"(table of {upgrade.table.as_of}).",
        "Look at each of them before the first broker is restarted. Settings of nodes that are "
        "controllers only were not read, either.",
        evidence={"remarks": [f"{one.about}: {one.text}" for one in remarks]},
        actions=tuple(Action(f"{one.about}: {one.text} ({one.source})") for one in remarks),
    )


def _rules(upgrade: Upgrade, running: Running, *kinds: str) -> Mapping[str, Setting]:
    """Return key → what the upgrade does with it."""
    return {
        rule.key: rule
        for rule in upgrade.table.settings
        if rule.kind in kinds and upgrade.is_new(rule.since, running.release)
    }


def _is_below(value: Any, least: int) -> bool:
    try:
        return int(value) < least
    except (TypeError, ValueError):
        return False


def _who(subject: Subject) -> str:
    return f"Broker {subject['id']}" if subject.type == "broker" else f"Topic {subject['topic']}"
