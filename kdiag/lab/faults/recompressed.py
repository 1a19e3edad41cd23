"""A topic has a codec of its own, and its producer uses another one."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "telemetry-raw"


def inject(lab: Lab) -> None:
    """Write with lz4 to a topic that is kept as gzip."""
    lab.create_topic(_TOPIC, configs={"compression.type": "gzip"})
    settings = {"compression.codec": "lz4"}
    lab.start_producer(_TOPIC, rate=200, size=500, keys=100, settings=settings)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="recompressed",
    title="Brokers compress again what producers compressed",
    inject=inject,
    heal=heal,
    expects=(("recompression", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
)
