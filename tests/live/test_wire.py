"""The wire against real brokers: every request of the table, and brokers that fall silent."""

import asyncio
import time
from collections.abc import Callable

import pytest

from kdiag.errors import TimedOut, Unreachable
from kdiag.lab import Lab
from kdiag.wire.allowlist import APIS
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

pytestmark = pytest.mark.live

HANDSHAKE = {"ApiVersions", "SaslHandshake", "SaslAuthenticate"}
FIELDS: dict[str, dict[str, object]] = {
    "DescribeAcls": {
        "resource_type_filter": 1,
        "resource_name_filter": None,
        "pattern_type_filter": 1,
        "principal_filter": None,
        "host_filter": None,
        "operation": 1,
        "permission_type": 1,
    },
    "DescribeConfigs": {
        "resources": [{"resource_type": 2, "resource_name": "t", "configuration_keys": None}]
    },
    "DescribeLogDirs": {"topics": None},
    "DescribeProducers": {"topics": [{"name": "t", "partition_indexes": [0]}]},
    "DescribeQuorum": {
        "topics": [{"topic_name": "__cluster_metadata", "partitions": [{"partition_index": 0}]}]
    },
    "DescribeTopicPartitions": {"topics": [{"name": "t"}]},
    "DescribeUserScramCredentials": {"users": None},
    "Fetch": {"max_wait": 0, "max_bytes": 1000, "topics": []},
    "ListOffsets": {"topics": [{"name": "t", "partitions": [{"timestamp": -1}]}]},
    "ListPartitionReassignments": {"topics": None, "timeout": 1000},
    "Metadata": {"topics": None},
    "OffsetForLeaderEpoch": {
        "topics": [{"topic": "t", "partitions": [{"partition": 0, "leader_epoch": 0}]}]
    },
    "OffsetFetch": {"groups": [{"group_id": "g", "topics": None}]},
}
FIELDS |= {name: {"group_ids": ["g"]} for name in ("ConsumerGroupDescribe", "ShareGroupDescribe")}
FIELDS["StreamsGroupDescribe"] = {"group_ids": ["g"]}
FIELDS["DescribeShareGroupOffsets"] = {"groups": [{"group_id": "g", "topics": None}]}
FIELDS["DescribeTransactions"] = {"transactional_ids": ["x"]}
FIELDS["DescribeGroups"] = {"groups": ["g"]}


async def wire_to(lab: Lab, seconds: float = 5) -> Wire:
    wire = await Wire.connect(lab.bootstrap, ClientSettings(), seconds)
    metadata = await wire.ask(None, "Metadata", {"topics": None})
    wire.learn((broker.node_id, broker.host, broker.port) for broker in metadata.brokers)
    return wire


@pytest.mark.parametrize("name", sorted(set(APIS) - HANDSHAKE))
def test_a_broker_answers_every_request_in_every_version(lab3: Lab, name: str) -> None:
    """A request that a broker cannot read makes it close the connection."""

    async def run() -> None:
        async with await wire_to(lab3) as wire:
            api = APIS[name]
            lowest, highest = wire.versions[1].ranges[api.key]
            for version in range(max(lowest, api.oldest), min(highest, api.newest) + 1):
                fields = fields_of(name, version)
                await wire.ask(1, name, fields, newest=version)
            assert min(highest, api.newest) == api.newest
            assert wire.traffic.requests["ApiVersions"] == len(wire.versions)

    asyncio.run(run())


def fields_of(name: str, version: int) -> dict[str, object]:
    if name == "OffsetFetch" and version < 8:
        return {"group_id": "g", "topics": None}
    if name == "Fetch" and version < 5:
        return {"max_wait": 0, "max_bytes": 1000}
    return FIELDS.get(name, {})


def test_a_cluster_is_learned_with_one_connection_to_each_broker(lab3: Lab) -> None:
    async def run() -> None:
        async with await wire_to(lab3) as wire:
            answers = await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers))
            assert sorted(answers) == [1, 2, 3]
            assert all(answer.error_code == 0 for answer in answers.values())
            assert wire.traffic.requests == {"ApiVersions": 3, "Metadata": 1, "ListGroups": 3}
            assert wire.features.finalized["metadata.version"] > 0
            assert wire.features.supported["metadata.version"][1] > 0

    asyncio.run(run())


def test_asking_about_a_topic_does_not_create_it(lab3: Lab) -> None:
    async def run() -> None:
        async with await wire_to(lab3) as wire:
            asked = {"topics": [{"name": "wire-typo"}]}
            assert (await wire.ask(None, "Metadata", asked)).topics[0].error_code == 3
            every = (await wire.ask(None, "Metadata", {"topics": None})).topics
            assert "wire-typo" not in {topic.name for topic in every}

    asyncio.run(run())


def test_a_stopped_broker_costs_one_deadline_and_a_killed_one_nothing(
    fresh_lab: Callable[..., Lab],
) -> None:
    lab = fresh_lab(3)

    async def ask_often(wire: Wire) -> tuple[list[object], float]:
        started = time.perf_counter()
        seen: list[object] = []
        for _ in range(6):
            answers = await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers))
            seen.append(type(answers[3]))
            assert answers[1].error_code == 0
            assert answers[2].error_code == 0
        return seen, time.perf_counter() - started

    async def run() -> None:
        async with await wire_to(lab, seconds=1) as wire:
            lab.brokers[3].stop()
            seen, seconds = await ask_often(wire)  # not connected yet: ApiVersions is unanswered
            assert seen == [Unreachable] * 6
            assert seconds < 1.5
            lab.brokers[3].cont()
            wire.begin_pass()
            answers = await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers))
            assert answers[3].error_code == 0
            lab.brokers[3].stop()
            seen, seconds = await ask_often(wire)
            assert seen == [TimedOut] + [Unreachable] * 5
            assert seconds < 2
            lab.brokers[3].kill()
            wire.begin_pass()
            seen, seconds = await ask_often(wire)
            assert "connection refused" in wire.unreachable[3]
            assert seconds < 0.5

    asyncio.run(run())
