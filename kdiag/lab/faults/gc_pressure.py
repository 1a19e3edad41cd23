"""The heap of a broker is too small for what it does: it collects garbage all the time."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _PRODUCERS = "click-batches", 2
_CONFIGS = {
    "compression.type": "gzip",
    "segment.bytes": "10485760",
    "retention.bytes": "52428800",
}
_BATCHES = {"batch.size": 900_000, "linger.ms": 100}


def inject(lab: Lab) -> None:
    """Send large batches to a broker that has to hold each of them twice."""
    lab.create_topic(_TOPIC, partitions=_PRODUCERS, configs=_CONFIGS)
    for number in range(_PRODUCERS):
        lab.start_producer(
            _TOPIC,
            rate=1000,
            size=10_000,
            partition=number,
            settings=_BATCHES,
            client_id=f"collector-{number + 1}",
        )


def heal(lab: Lab) -> None:
    """End the producers and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="gc-pressure",
    title="A broker's heap is too small for its load",
    inject=inject,
    heal=heal,
    expects=(("gc-pauses", {"type": "broker", "id": 1}),),
    settle_seconds=15,
    lab={
        "brokers": 1,
        "heap_mebibytes": 40,
        "properties": {"log.cleaner.dedupe.buffer.size": "2097152"},
    },
)
