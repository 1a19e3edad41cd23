"""A producer with a steady rate."""

import itertools
import time
from typing import TYPE_CHECKING, Any

from kdiag.lab.clients import quiet

if TYPE_CHECKING:
    from confluent_kafka import Producer

    from kdiag.lab.loads import Produce


def produce(bootstrap: str, load: "Produce") -> None:
    """Write records at the rate of the load until its count or its time is reached."""
    producer = _producer(bootstrap, load)
    started = time.monotonic()
    numbers = itertools.count() if load.count is None else range(load.count)
    try:
        for number in numbers:
            if time.monotonic() - started > load.max_seconds:
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
        producer.commit_transaction()
        producer.begin_transaction()


def _send(producer: "Producer", load: "Produce", number: int) -> None:
    key = f"key-{number % load.keys}" if load.keys else None
    if number % 1000 < load.hot_key_ratio * 1000:
        key = "hot"
    where: dict[str, Any] = {} if load.partition is None else {"partition": load.partition}
    value = f"{number:012d}".encode().ljust(load.size, b".")[: load.size]
    try:
        producer.produce(load.topic, value, key=key, **where)
    except BufferError:
        producer.poll(0.5)
