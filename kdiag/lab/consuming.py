"""A consumer that is healthy, slow, blocked, paused, static or short-lived, as its load says."""

import time
from typing import TYPE_CHECKING, Any

from kdiag.lab.clients import quiet

if TYPE_CHECKING:
    from confluent_kafka import Consumer

    from kdiag.lab.loads import Consume


def consume(bootstrap: str, load: "Consume") -> None:
    """Read records as the load says until its end, then leave the group in order."""
    consumer = _consumer(bootstrap, load)
    deadline = time.monotonic() + load.max_seconds
    read = 0
    try:
        while time.monotonic() < deadline and read != load.stop_after:
            message = consumer.poll(0.2)
            if message is None or message.error():
                continue
            read += 1
            time.sleep(load.seconds_per_record)
            if read == load.block_after:
                time.sleep(max(0.0, deadline - time.monotonic()))
            if read == load.pause_after:
                consumer.pause(consumer.assignment())
    finally:
        consumer.close()


def _consumer(bootstrap: str, load: "Consume") -> "Consumer":
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer(quiet(bootstrap, **_config(load)))
    if load.partitions is None:
        consumer.subscribe(list(load.topics))
    else:
        consumer.assign(
            [TopicPartition(topic, number) for topic in load.topics for number in load.partitions]
        )
    return consumer


def _config(load: "Consume") -> dict[str, Any]:
    config: dict[str, Any] = {
        "group.id": load.group,
        "client.id": load.client_id,
        "group.protocol": load.protocol,
        "auto.offset.reset": load.reset,
        "isolation.level": load.isolation,
        "enable.auto.commit": load.commit_every_seconds is not None,
        "max.poll.interval.ms": int(load.max_poll_seconds * 1000),
        "fetch.wait.max.ms": 100,
    }
    if load.commit_every_seconds is not None:
        config["auto.commit.interval.ms"] = int(load.commit_every_seconds * 1000)
    if load.protocol == "classic":
        config["session.timeout.ms"] = int(load.session_timeout_seconds * 1000)
        config["heartbeat.interval.ms"] = int(load.session_timeout_seconds * 300)
    if load.instance_id is not None:
        config["group.instance.id"] = load.instance_id
    return config
