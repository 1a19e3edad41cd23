"""Everything that kdiag may send to a broker: the read-only guarantee, as one table.

`permit` is called where requests become bytes. It refuses what is not in the table, and what would
change something although it reads: Metadata that creates the topic it asks about (KIP-361), Fetch
and ListOffsets in the name of a replica (they move the broker's view of an ISR), Fetch that opens a
session on the broker (KIP-227).

Absent on purpose: FindCoordinator creates `__consumer_offsets` and its like (the broker that lists
a group is its coordinator), DescribeDelegationToken answers with secrets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


class SendRefused(Exception):
    """A request outside the table: nothing was written. A bug in kdiag, not an operator's error."""


@dataclass(frozen=True, slots=True, eq=False)
class Api:
    """One kind of request and the versions of it that kdiag builds and reads.

    only: values that a field may have, by its dotted path; the first one is sent unless the caller
    says otherwise. A version that lacks the field needs no rule.
    """

    name: str
    key: int
    oldest: int
    newest: int
    only: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


_CONSUMER: Final = (-1, -2)  # replica ids that are no replica (FetchRequest.CONSUMER_REPLICA_ID)

_TABLE: Final = (
    Api(
        "Fetch",
        1,
        4,
        18,
        {"replica_id": (-1,), "replica_state.replica_id": (-1,), "session_epoch": (-1,)},
    ),
    Api("ListOffsets", 2, 1, 11, {"replica_id": _CONSUMER}),
    Api("Metadata", 3, 4, 13, {"allow_auto_topic_creation": (False,)}),
    Api("OffsetFetch", 9, 2, 10),
    Api("DescribeGroups", 15, 0, 6),
    Api("ListGroups", 16, 0, 5),
    Api("SaslHandshake", 17, 1, 1),
    Api("ApiVersions", 18, 0, 4),
    Api("OffsetForLeaderEpoch", 23, 2, 4, {"replica_id": _CONSUMER}),
    Api("DescribeAcls", 29, 1, 3),
    Api("DescribeConfigs", 32, 1, 4),
    Api("DescribeLogDirs", 35, 1, 5),
    Api("SaslAuthenticate", 36, 0, 2),
    Api("ListPartitionReassignments", 46, 0, 0),
    Api("DescribeClientQuotas", 48, 0, 1),
    Api("DescribeUserScramCredentials", 50, 0, 0),
    Api("DescribeQuorum", 55, 0, 2),
    Api("DescribeCluster", 60, 0, 2),
    Api("DescribeProducers", 61, 0, 0),
    Api("DescribeTransactions", 65, 0, 0),
    Api("ListTransactions", 66, 0, 2),
    Api("ConsumerGroupDescribe", 69, 0, 1),
    Api("ListConfigResources", 74, 0, 1),
    Api("DescribeTopicPartitions", 75, 0, 0),
    Api("ShareGroupDescribe", 77, 1, 1),
    Api("StreamsGroupDescribe", 89, 0, 0),
    Api("DescribeShareGroupOffsets", 90, 0, 1),
)

APIS: Final[Mapping[str, Api]] = MappingProxyType({api.name: api for api in _TABLE})
BY_KEY: Final[Mapping[int, Api]] = MappingProxyType({api.key: api for api in _TABLE})


def permit(api: Api, version: int, fields: Mapping[str, object]) -> None:
    """Let a request pass, or refuse it.

    Raises: SendRefused if it is not in the table, or not a plain read.
    """
    if BY_KEY.get(api.key) is not api:
        raise SendRefused(f"{api.name} (key {api.key}) is not a read that kdiag may send")
    if not api.oldest <= version <= api.newest:
        raise SendRefused(f"{api.name} v{version} is outside v{api.oldest}-v{api.newest}")
    for path, allowed in api.only.items():
        for value in _values(fields, path):
            if value not in allowed:
                raise SendRefused(f"{api.name} with {path}={value} would not be a plain read")


def _values(fields: Mapping[str, object], path: str) -> tuple[object, ...]:
    """Return the value at a dotted path, or nothing where this version has no such field."""
    name, _, rest = path.partition(".")
    if name not in fields:
        return ()
    value = fields[name]
    return _values(value, rest) if rest and isinstance(value, Mapping) else (value,)
