"""A client that makes a producer for each record, as some web applications do for each request."""

from typing import TYPE_CHECKING

from kdiag.lab.clients import quiet
from kdiag.lab.pacing import in_threads

if TYPE_CHECKING:
    from kdiag.lab.loads import Renew

_THREADS = 8
_FLUSH_SECONDS = 10


def renew(bootstrap: str, load: "Renew") -> None:
    """Make a producer, write one record, and forget it, at the rate of the load."""
    from confluent_kafka import Producer

    settings = {"client.id": load.client_id, "enable.idempotence": True, "linger.ms": 0}

    def write_one() -> None:
        producer = Producer(quiet(bootstrap, **settings))
        producer.produce(load.topic, b"request")
        producer.flush(_FLUSH_SECONDS)

    in_threads(_THREADS, load.rate, load.max_seconds, write_one)
