"""The same requests as one pass of doctor, sent and read, and nothing else: the baseline.

`python -m bench.bare BOOTSTRAP` prints the seconds from the first connection to the last reply.
"""

import asyncio
import sys
import time
from typing import Any

from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

KEYS = ("min.insync.replicas", "retention.ms", "max.message.bytes")


def partitions_of(topics: Any, timestamp: int) -> dict[int, dict[str, Any]]:
    """Return the ListOffsets fields by leader."""
    led: dict[int, dict[str, list[dict[str, int]]]] = {}
    for topic in topics:
        for part in topic.partitions:
            rows = led.setdefault(int(part.leader_id), {}).setdefault(topic.name, [])
            rows.append({"partition_index": part.partition_index, "timestamp": timestamp})
    return {
        leader: {"topics": [{"name": n, "partitions": p} for n, p in named.items()]}
        for leader, named in led.items()
    }


async def requests(bootstrap: str) -> float:
    """Send them and return the seconds."""
    started = time.perf_counter()
    async with await Wire.connect(bootstrap, ClientSettings()) as wire:
        metadata = await wire.ask(None, "Metadata", {"topics": None})
        await wire.ask(None, "DescribeCluster", {})
        wire.learn((b.node_id, b.host, b.port) for b in metadata.brokers)
        await asyncio.gather(_groups(wire, metadata), _rest(wire, metadata))
    return time.perf_counter() - started


async def _groups(wire: Wire, metadata: Any) -> None:
    listed = await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers))
    names = {id_: [g.group_id for g in reply.groups] for id_, reply in listed.items()}
    wanted = {
        id_: {"groups": [{"group_id": name, "topics": None} for name in each]}
        for id_, each in names.items()
        if each
    }
    described = wire.ask_all("DescribeGroups", {i: {"groups": names[i]} for i in wanted})
    await asyncio.gather(wire.ask_all("OffsetFetch", wanted, newest=9), described)
    kinds = [partitions_of(metadata.topics, time_) for time_ in (-1, -2, -1)]
    await asyncio.gather(*(wire.ask_all("ListOffsets", fields) for fields in kinds))


async def _rest(wire: Wire, metadata: Any) -> None:
    topics = [topic.name for topic in metadata.topics]
    chunks = [topics[at : at + 1000] for at in range(0, len(topics), 1000)]
    named = [
        [{"resource_type": 2, "resource_name": t, "configuration_keys": KEYS} for t in chunk]
        for chunk in chunks
    ]
    own = {
        id_: {
            "resources": [
                {"resource_type": 4, "resource_name": str(id_), "configuration_keys": None}
            ],
            "include_synonyms": True,
        }
        for id_ in wire.brokers
    }
    quorum = {"topics": [{"topic_name": "__cluster_metadata", "partitions": [{}]}]}
    await asyncio.gather(
        *(wire.ask(None, "DescribeConfigs", {"resources": each}) for each in named),
        wire.ask_all("DescribeConfigs", own),
        wire.ask_all("DescribeLogDirs", {id_: {"topics": None} for id_ in wire.brokers}),
        wire.ask(None, "DescribeQuorum", quorum),
        wire.ask(None, "ListPartitionReassignments", {"topics": None}),
    )


if __name__ == "__main__":
    print(asyncio.run(requests(sys.argv[1])))
