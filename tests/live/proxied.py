"""A cluster whose brokers tell clients to come through proxies."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from kdiag.lab import Lab
from kdiag.lab.plan import free_ports, is_free
from kdiag.lab.waiting import wait_until
from kdiag.wire.allowlist import APIS
from kdiag.wire.settings import ClientSettings, read_settings
from tests.live.between import Answer, Between

KIND = "sasl_plain"


@dataclass(frozen=True)
class Proxied:
    """The lab, what leads to it, and the proxies by broker; bootstrap are these."""

    lab: Lab
    bootstrap: str
    settings: ClientSettings
    proxies: dict[int, Between]

    @contextmanager
    def misbehaving(self, broker: int, answer: Answer, *apis: str) -> Iterator[Between]:
        """Let the proxy of a broker misbehave at the answers to some requests."""
        proxy = self.proxies[broker]
        proxy.misbehave(answer, *(APIS[name].key for name in apis))
        try:
            yield proxy
        finally:
            proxy.misbehave(None)


@contextmanager
def proxied(brokers: int = 3, **properties: str) -> Iterator[Proxied]:
    """Start a cluster with records, and a group at every coordinator."""
    near = free_ports(brokers)
    own = next(
        port
        for port in free_ports(100)
        if not {*range(port, port + brokers)} & {*near}
        and all(is_free(port + number) for number in range(brokers))
    )
    told = {
        number: {
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{own + number - 1},"
            f"{KIND.upper()}://127.0.0.1:{near[number - 1]}"
        }
        for number in range(1, brokers + 1)
    }
    with ExitStack() as stack:
        lab = stack.enter_context(
            Lab(
                brokers,
                listeners=KIND,
                port=own,
                broker_properties=told,
                properties={name.replace("_", "."): value for name, value in properties.items()},
            )
        )
        proxies = {
            number: stack.enter_context(Between(near[number - 1], far))
            for number, far in enumerate(lab.bootstrap_of(KIND).split(","), 1)
        }
        bootstrap = ",".join(proxy.address for proxy in proxies.values())
        yield Proxied(lab, bootstrap, read_settings(lab.client_properties(KIND)), proxies)


def fill(lab: Lab) -> None:
    """Give the cluster a topic with records, and groups that have committed, at every broker."""
    from confluent_kafka import Consumer

    lab.create_topic("orders", partitions=6)
    lab.produce("orders", 60)
    for number in range(8):
        consumer = Consumer({**lab.client_config(), "group.id": f"group-{number}"})
        wait_until(partial(_has_committed, consumer), "the offsets are committed", 60)
        consumer.close()


def _has_committed(consumer: Any) -> bool:
    """Try to commit: the topic of the offsets may be new, and not yet led."""
    from confluent_kafka import KafkaException, TopicPartition

    try:
        consumer.commit(offsets=[TopicPartition("orders", 0, 5)], asynchronous=False)
    except KafkaException:
        return False
    return True
