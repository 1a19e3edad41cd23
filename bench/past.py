"""Reads the past of a cluster in one of three ways, and prints records and seconds.

`python -m bench.past poll|consume|kdiag BOOTSTRAP`
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from kdiag.sections import CommitHistory
from kdiag.sources.admin.metadata import make_tables, read_registered
from kdiag.sources.history import read_history
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

_TOPIC = "__consumer_offsets"


_AT_ONCE = 500


def by_consumer(bootstrap: str, *, polls: bool) -> int:
    """Read every record of the topic with confluent-kafka, without decoding any.

    polls: one by one, as its documentation does; else some hundred at a time.
    """
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench"})
    numbers = consumer.list_topics(_TOPIC, 10).topics[_TOPIC].partitions
    ends = {n: consumer.get_watermark_offsets(TopicPartition(_TOPIC, n)) for n in numbers}
    left = sum(end - start for start, end in ends.values())
    read = 0
    consumer.assign([TopicPartition(_TOPIC, n, start) for n, (start, _) in ends.items()])
    while read < left:
        read += (consumer.poll(1.0) is not None) if polls else len(consumer.consume(_AT_ONCE, 1.0))
    return read


async def by_kdiag(bootstrap: str) -> int:
    """Read the same records over the wire, and decode all of them into the four sections."""
    now = datetime.now(UTC)
    async with await Wire.connect(bootstrap, ClientSettings()) as wire:
        _, partitions = make_tables(await read_registered(wire, now))
        held = await read_history(wire, partitions, None, now, budget_seconds=60)
    commits = held[CommitHistory]
    if not isinstance(commits, CommitHistory):
        raise RuntimeError(str(commits))
    return len(commits)


def main() -> None:
    """Run one way twice, and tell of the second time: the first one also loads modules."""
    way, bootstrap = sys.argv[1:]
    for _ in range(2):
        started = time.perf_counter()
        read = (
            asyncio.run(by_kdiag(bootstrap))
            if way == "kdiag"
            else by_consumer(bootstrap, polls=way == "poll")
        )
        seconds = time.perf_counter() - started
    print(read, seconds)


if __name__ == "__main__":
    main()
