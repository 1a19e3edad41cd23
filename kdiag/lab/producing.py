"""A producer with a steady rate."""

import itertools
import os
import time
from typing import TYPE_CHECKING, Any

from kdiag.lab.clients import quiet

if TYPE_CHECKING:
    from confluent_kafka import Producer

    from kdiag.lab.loads import Produce

_RESTART_SECONDS = 1.0


def produce(bootstrap: str, load: "Produce") -> None:
    """Write records as the load says, and start again after being fenced if it says so."""
    from confluent_kafka import KafkaException

    deadline = time.monotonic() + load.max_seconds
    while time.monotonic() < deadline:
        try:
            _produce(bootstrap, load, deadline)
            return
        except KafkaException as error:
            if not load.returns_when_fenced or not error.args[0].fatal():
                raise
            time.sleep(_RESTART_SECONDS)


def _produce(bootstrap: str, load: "Produce", deadline: float) -> None:
    """Write records at the rate of the load until its count or its time is reached."""
    producer = _producer(bootstrap, load)
    started = time.monotonic()
    numbers = itertools.count() if load.count is None else range(load.count)
    try:
        for number in numbers:
            if time.monotonic() > deadline:
                break
            _transact(producer, load, number)
            _send(producer, load, number)
            ahead = started + (number + 1) / load.rate - time.monotonic()
            producer.poll(max(0.0, ahead))
            time.sleep(max(0.0, started + (number + 1) / load.rate - time.monotonic()))
    finally:
        producer.flush(10)
    if load.transactional_id is not None:
        producer.commit_transaction()


def _producer(bootstrap: str, load: "Produce") -> "Producer":
    from confluent_kafka import Producer

    config = quiet(
        bootstrap,
        **{
            "client.id": load.client_id,
            "acks": load.acks,
            "linger.ms": 100,
            "message.max.bytes": 100_000_000,
            **load.settings,
        },
    )
    if load.transactional_id is not None:
        config["transactional.id"] = load.transactional_id
        config["transaction.timeout.ms"] = int(load.txn_timeout_seconds * 1000)
    producer = Producer(config)
    if load.transactional_id is not None:
        producer.init_transactions(60)
        producer.begin_transaction()
    return producer


def _transact(producer: "Producer", load: "Produce", number: int) -> None:
    """Begin and commit transactions around the records; hang in one if the load says so."""
    if load.transactional_id is None:
        return
    if load.open_txn_after is not None and number >= load.open_txn_after:
        producer.flush(10)
        time.sleep(load.max_seconds)
    if number > 0 and number % load.txn_records == 0:
        if load.abort_after is not None and number > load.abort_after:
            producer.flush(10)  # one that has not reached a partition yet cannot be aborted
            producer.abort_transaction()
        else:
            producer.commit_transaction()
        producer.begin_transaction()


def _send(producer: "Producer", load: "Produce", number: int) -> None:
    key = f"key-{number % load.keys}" if load.keys else None
    if number % 20 < load.hot_key_ratio * 20:
        key = "hot"
    where: dict[str, Any] = {} if load.partition is None else {"partition": load.partition}
    try:
        producer.produce(load.topic, _value(load, number), key=key, **where)
    except BufferError:
        producer.poll(0.5)


def _value(load: "Produce", number: int) -> bytes:
    if load.is_varied:
        return os.urandom(load.size // 2).hex().encode()
    return f"{number:012d}".encode().ljust(load.size, b".")[: load.size]
