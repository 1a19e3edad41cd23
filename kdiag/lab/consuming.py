"""Consumers that are healthy, slow, blocked, paused, static or short-lived, as their load says."""

import threading
import time
from typing import TYPE_CHECKING, Any

from kdiag.lab.clients import quiet
from kdiag.lab.visit import Visit
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    from confluent_kafka import Consumer, TopicPartition

    from kdiag.lab.loads import Consume

_CLOSE_SECONDS = 8.0
_LOOK_SECONDS = 0.2
_FEW_FETCHES = {"fetch.min.bytes": 100_000, "fetch.wait.max.ms": 250}
"""Dozens of consumers share a machine with their brokers."""


def consume(bootstrap: str, load: "Consume") -> None:
    """Run the members of a load until its end, then let them leave the group in order."""
    over = threading.Event()
    members = [
        threading.Thread(target=_live, args=(bootstrap, load, client_id, over), daemon=True)
        for client_id in _client_ids(load)
    ]
    for member in members:
        member.start()
    deadline = time.monotonic() + load.max_seconds
    try:
        while time.monotonic() < deadline and any(member.is_alive() for member in members):
            time.sleep(_LOOK_SECONDS)
    finally:
        over.set()
        for member in members:
            member.join(_CLOSE_SECONDS)


def _client_ids(load: "Consume") -> list[str]:
    if load.members == 1:
        return [load.client_id]
    return [f"{load.client_id}-{number + 1}" for number in range(load.members)]


def _live(bootstrap: str, load: "Consume", client_id: str, over: threading.Event) -> None:
    """Be a member, and again where the load comes back or another took its instance id."""
    while not over.is_set():
        consumer = _consumer(bootstrap, load, client_id)
        try:
            was_fenced = Visit(consumer, load, over).run()
        finally:
            consumer.close()
        if load.away_seconds is None and not was_fenced:
            return
        over.wait(load.away_seconds or 0.0)


def _consumer(bootstrap: str, load: "Consume", client_id: str) -> "Consumer":
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer(quiet(bootstrap, **_config(load), **{"client.id": client_id}))
    if load.partitions is None:
        consumer.subscribe(list(load.topics))
        return consumer
    own = [TopicPartition(topic, number) for topic in load.topics for number in load.partitions]
    wait_until(lambda: _has_coordinator(consumer, own), f"group {load.group} has a coordinator", 60)
    consumer.assign(own)
    return consumer


def _has_coordinator(consumer: "Consumer", own: "list[TopicPartition]") -> bool:
    """Tell whether offsets can be asked for.

    A consumer that assigns itself its partitions waits for ever where it asks before
    `__consumer_offsets` exists.
    """
    from confluent_kafka import KafkaException

    try:
        consumer.committed(own, timeout=2)
    except KafkaException:
        return False
    return True


def _config(load: "Consume") -> dict[str, Any]:
    config: dict[str, Any] = {
        "group.id": load.group,
        "group.protocol": load.protocol,
        "auto.offset.reset": load.reset,
        "isolation.level": load.isolation,
        "enable.auto.commit": load.commit_every_seconds is not None,
        "enable.auto.offset.store": False,  # what is worked off is stored, not what is polled
        "max.poll.interval.ms": int(load.max_poll_seconds * 1000),
        "fetch.message.max.bytes": load.fetch_bytes,
        **_FEW_FETCHES,
    }
    if load.commit_every_seconds is not None:
        config["auto.commit.interval.ms"] = int(load.commit_every_seconds * 1000)
    if load.protocol == "classic":
        config["partition.assignment.strategy"] = load.assignor
        config["session.timeout.ms"] = int(load.session_timeout_seconds * 1000)
        config["heartbeat.interval.ms"] = int(min(3.0, load.session_timeout_seconds * 0.3) * 1000)
    if load.instance_id is not None:
        config["group.instance.id"] = load.instance_id
    return config
