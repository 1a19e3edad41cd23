"""Fills a lab cluster: thousands of partitions, groups and committed offsets.

Offsets are committed by OffsetCommit requests to each coordinator, as a consumer without a group
membership sends them; the client library commits too slowly for 100,000 of them.
"""

import asyncio
import io
import struct
from collections.abc import Sequence
from typing import Any

from kio.index import load_request_schema, load_response_schema
from kio.serial import entity_reader, entity_writer

from kdiag.lab import Lab

TOPICS, PARTITIONS, GROUPS, OFFSETS = 100, 100, 2000, 50
_FIND_COORDINATOR, _OFFSET_COMMIT = (10, 4), (8, 8)


def fill(lab: Lab) -> None:
    """Create 10,000 partitions and 2,000 groups with 50 committed offsets each."""
    from confluent_kafka.cimpl import NewTopic

    names = [f"bench-{number:03}" for number in range(TOPICS)]
    for at in range(0, TOPICS, 10):
        some = names[at : at + 10]
        wanted = [NewTopic(name, PARTITIONS, 1) for name in some]
        for future in lab.admin().create_topics(wanted, operation_timeout=60).values():
            future.result(120)
    asyncio.run(_commit(lab.bootstrap, names))


async def _commit(bootstrap: str, topics: Sequence[str]) -> None:
    """Commit for every group; what a coordinator refuses is tried again, at the new one."""
    left = [f"group-{number:04}" for number in range(GROUPS)]
    for _ in range(60):
        coordinators = await _coordinators(bootstrap.split(",")[0], left)
        refused = await asyncio.gather(
            *(_commit_at(address, names, topics) for address, names in coordinators.items())
        )
        left = [name for names in refused for name in names]
        if not left:
            return
        await asyncio.sleep(1)
    raise RuntimeError(f"the offsets of {len(left)} groups were refused")


def fill_history(lab: Lab, requests: int = 4000) -> None:
    """Commit 50 offsets of one group again and again: 200,000 commits in one log partition."""
    lab.create_topic("bench-past", partitions=OFFSETS)
    asyncio.run(_commit_often(lab.bootstrap, "bench-group-0001", "bench-past", requests))


async def _commit_often(bootstrap: str, group: str, topic: str, requests: int) -> None:
    [address] = await _coordinators(bootstrap.split(",")[0], [group])
    async with _Raw(address) as raw:
        for _ in range(requests):
            reply = await raw.ask(_OFFSET_COMMIT, **_commit_fields(group, topic))
            while any(row.error_code for each in reply.topics for row in each.partitions):
                await asyncio.sleep(0.5)
                reply = await raw.ask(_OFFSET_COMMIT, **_commit_fields(group, topic))


async def _coordinators(bootstrap: str, groups: Sequence[str]) -> dict[str, list[str]]:
    """Return address → groups; the topic of the offsets is created by asking."""
    for _ in range(60):
        async with _Raw(bootstrap) as raw:
            reply = await raw.ask(_FIND_COORDINATOR, key_type=0, coordinator_keys=tuple(groups))
        if all(found.error_code == 0 for found in reply.coordinators):
            break
        await asyncio.sleep(1)
    found: dict[str, list[str]] = {}
    for each in reply.coordinators:
        found.setdefault(f"{each.host}:{each.port}", []).append(each.key)
    return found


async def _commit_at(address: str, groups: Sequence[str], topics: Sequence[str]) -> list[str]:
    """Commit for the groups of one coordinator, and return those that it refuses."""
    refused = []
    async with _Raw(address) as raw:
        for group in groups:
            topic = topics[int(group[-4:]) % len(topics)]
            reply = await raw.ask(_OFFSET_COMMIT, **_commit_fields(group, topic))
            if any(row.error_code for each in reply.topics for row in each.partitions):
                refused.append(group)
    return refused


def _commit_fields(group: str, topic: str) -> dict[str, object]:
    schema = load_request_schema(*_OFFSET_COMMIT)
    module = __import__(schema.__module__, fromlist=["*"])
    rows = tuple(
        module.OffsetCommitRequestPartition(
            partition_index=number, committed_offset=0, committed_metadata=""
        )
        for number in range(OFFSETS)
    )
    return {
        "group_id": group,
        "generation_id_or_member_epoch": -1,
        "member_id": "",
        "topics": (module.OffsetCommitRequestTopic(name=topic, partitions=rows),),
    }


class _Raw:
    """One connection that may write: for the bench alone."""

    def __init__(self, address: str) -> None:
        self._host, _, self._port = address.rpartition(":")

    async def __aenter__(self) -> "_Raw":
        self._reader, self._writer = await asyncio.open_connection(self._host, int(self._port))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def ask(self, api: tuple[int, int], **fields: object) -> Any:
        """Send one request and return its reply."""
        schema: Any = load_request_schema(*api)
        key, version = api
        header = schema.__header_schema__(
            request_api_key=key, request_api_version=version, correlation_id=1, client_id="bench"
        )
        body = io.BytesIO()
        entity_writer(type(header))(body, header)
        entity_writer(schema)(body, schema(**fields))
        self._writer.write(struct.pack(">i", body.tell()) + body.getvalue())
        size = struct.unpack(">i", await self._reader.readexactly(4))[0]
        frame = await self._reader.readexactly(size)
        answer: Any = load_response_schema(*api)
        _, at = entity_reader(answer.__header_schema__)(frame, 0)
        reply, _ = entity_reader(answer)(frame, at)
        return reply
