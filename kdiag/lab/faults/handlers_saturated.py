"""The only request handler of a broker compresses all day: every client waits in its queue."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _PRODUCERS = "crawled-pages", 2
_CONFIGS = {
    "compression.type": "zstd",
    "compression.zstd.level": "15",
    "segment.bytes": "10485760",
    "retention.bytes": "52428800",
}
_BATCHES = {"batch.size": 100_000, "linger.ms": 50, "queue.buffering.max.kbytes": 2_000}


def inject(lab: Lab) -> None:
    """Send large batches that are not compressed to a topic that wants them so."""
    lab.create_topic(_TOPIC, partitions=2, configs=_CONFIGS)
    for number in range(_PRODUCERS):
        lab.start_producer(
            _TOPIC,
            rate=400,
            size=10_000,
            partition=number,
            is_varied=True,
            settings=_BATCHES,
            client_id=f"crawler-{number + 1}",
        )


def heal(lab: Lab) -> None:
    """End the producers and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="handlers-saturated",
    title="A broker's request handlers have no time left",
    inject=inject,
    heal=heal,
    expects=(("request-handlers-saturated", {"type": "broker", "id": 1}),),
    forbids=("gc-pauses", "network-threads-saturated"),
    settle_seconds=15,
    lab={"brokers": 1, "controllers": 1, "properties": {"num.io.threads": "1"}},
)
