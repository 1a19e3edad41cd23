"""The least grants under which brokers answer all that a selection of checks asks.

Source: the broker's KafkaApis, "Operations and Resources on Protocols" in Kafka's documentation.
Nothing here allows to write; Read on topics is asked for by DescribeProducers, and by Fetch of the
internal topics in which the past is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kdiag.analysis.grants import GRANT_COMMANDS, Resource
from kdiag.check import DERIVATIONS, Check, closure
from kdiag.command import written
from kdiag.sections import (
    Acls,
    BrokerConfigs,
    BrokerLoggers,
    ClientQuotas,
    CommitHistory,
    Commits,
    EndOffsetHistory,
    GenerationHistory,
    GroupConfigs,
    Groups,
    HistoryReach,
    LeaderEpochs,
    Listeners,
    LogDirs,
    LogTimes,
    MemberHistory,
    Members,
    Offsets,
    Partitions,
    PastEnds,
    Producers,
    Quorum,
    Reassignments,
    RecordSamples,
    Replicas,
    ScramUsers,
    ShareOffsets,
    ShareStateHistory,
    StreamsTopologies,
    TieredOffsets,
    TopicConfigs,
    Topics,
    TransactionHistory,
    Transactions,
    UnlistedTopics,
)
from kdiag.snapshot import Section


@dataclass(frozen=True)
class Grant:
    """One operation on one resource."""

    operation: str
    resource: Resource

    def __str__(self) -> str:
        return f"{self.operation} on {self.resource}"


@dataclass(frozen=True)
class Unlocked:
    """What a grant is for: checks that see nothing or only a part without it, and what it helps."""

    grant: Grant
    needed_by: tuple[str, ...]
    helps: tuple[str, ...]


_CLUSTER = Grant("Describe", Resource("cluster"))
_SETTINGS = Grant("DescribeConfigs", Resource("cluster"))
_TOPICS = Grant("Describe", Resource("topic", "*"))
_TOPIC_SETTINGS = Grant("DescribeConfigs", Resource("topic", "*"))
_RECORDS = Grant("Read", Resource("topic", "*"))
_GROUPS = Grant("Describe", Resource("group", "*"))
_GROUP_SETTINGS = Grant("DescribeConfigs", Resource("group", "*"))
_TRANSACTIONS = Grant("Describe", Resource("transactional id", "*"))
_OFFSETS_LOG = Grant("Read", Resource("topic", "__consumer_offsets"))
_SHARE_LOG = Grant("Read", Resource("topic", "__share_group_state"))
_TRANSACTION_LOG = Grant("Read", Resource("topic", "__transaction_state"))

# Describe on the cluster lists all groups: without it a broker lists those that we may describe,
# and says nothing of others (KafkaApis.handleListGroupsRequest).
_ALL_GROUPS = (_GROUPS, _TOPICS, _CLUSTER)

GRANTS: Mapping[type[Section], tuple[Grant, ...]] = {
    Topics: (_TOPICS,),
    Partitions: (_TOPICS,),
    Offsets: (_TOPICS,),
    EndOffsetHistory: (_TOPICS,),
    PastEnds: (_TOPICS,),
    LogTimes: (_TOPICS,),
    TieredOffsets: (_TOPICS,),
    LeaderEpochs: (_TOPICS,),
    TopicConfigs: (_TOPICS, _TOPIC_SETTINGS),
    Groups: _ALL_GROUPS,
    Members: _ALL_GROUPS,
    StreamsTopologies: _ALL_GROUPS,
    Commits: _ALL_GROUPS,
    ShareOffsets: _ALL_GROUPS,
    GroupConfigs: (*_ALL_GROUPS, _GROUP_SETTINGS),
    BrokerConfigs: (_SETTINGS,),
    BrokerLoggers: (_SETTINGS,),
    Listeners: (_SETTINGS,),
    ClientQuotas: (_SETTINGS,),
    LogDirs: (_CLUSTER,),
    Replicas: (_CLUSTER,),
    Quorum: (_CLUSTER,),
    Reassignments: (_CLUSTER,),
    Acls: (_CLUSTER,),
    ScramUsers: (_CLUSTER,),
    UnlistedTopics: (_CLUSTER, _TOPICS),
    Transactions: (_TRANSACTIONS, _TOPICS),
    Producers: (_TOPICS, _RECORDS),
    RecordSamples: (_TOPICS, _RECORDS),
    CommitHistory: (_OFFSETS_LOG,),
    GenerationHistory: (_OFFSETS_LOG,),
    MemberHistory: (_OFFSETS_LOG,),
    HistoryReach: (_OFFSETS_LOG,),
    ShareStateHistory: (*_ALL_GROUPS, _SHARE_LOG),
    TransactionHistory: (_TRANSACTION_LOG,),
}
"""Section → what brokers want to see for it. A section that is not here needs no grant: it comes
from elsewhere, or is told to everybody."""

_IMPLIES = {"Read": ("Describe",)}
"""Operation → operations that it allows as well (AclAuthorizer, StandardAuthorizer)."""


def least_grants(checks: Sequence[Check]) -> list[Unlocked]:
    """Return the grants that these checks want, each with what it is for, the widest first."""
    needed_by: dict[Grant, list[str]] = {}
    helps: dict[Grant, list[str]] = {}
    for check in checks:
        required = set(_grants(check, is_optional=False))
        for grant in required:
            needed_by.setdefault(grant, []).append(check.id)
        for grant in set(_grants(check, is_optional=True)) - required:
            helps.setdefault(grant, []).append(check.id)
    ordered = [grant for grant in _ORDER if grant in {**needed_by, **helps}]
    return [
        Unlocked(grant, tuple(needed_by.get(grant, ())), tuple(helps.get(grant, ())))
        for grant in ordered
    ]


_ORDER = tuple(dict.fromkeys(grant for grants in GRANTS.values() for grant in grants))


def _grants(check: Check, *, is_optional: bool) -> Iterator[Grant]:
    for need in closure(check.needs):
        is_refining = need.is_optional and need.section not in check.any_of
        if need.section not in DERIVATIONS and is_refining == is_optional:
            yield from GRANTS.get(need.section, ())


def needed(grants: Sequence[Grant]) -> list[Grant]:
    """Return the grants without those that another of them allows already."""
    return [grant for grant in grants if not _is_implied(grant, grants)]


def commands(grants: Sequence[Grant]) -> list[str]:
    """Return the fewest commands of Kafka that give these grants to PRINCIPAL."""
    by_resource: dict[Resource, list[str]] = {}
    for grant in needed(grants):
        by_resource.setdefault(grant.resource, []).append(grant.operation)
    return [
        written(GRANT_COMMANDS[resource.kind], {"operations": held, "name": resource.name})
        for resource, held in by_resource.items()
    ]


def _is_implied(grant: Grant, grants: Sequence[Grant]) -> bool:
    """Tell whether another grant, on the same or on all of its kind, allows it already."""
    for other in grants:
        is_as_wide = other.resource.kind == grant.resource.kind and other.resource.name in (
            grant.resource.name,
            "*",
        )
        allows = (other.operation, *_IMPLIES.get(other.operation, ()))
        if other != grant and is_as_wide and grant.operation in allows:
            return True
    return False
