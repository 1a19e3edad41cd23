"""A producer sends records that its topic does not take: each is refused, and lag stays 0."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "scanned-pages"
_LIMIT_BYTES, _RECORD_BYTES = 1_048_576, 2_000_000


def inject(lab: Lab) -> None:
    """Send 2 MB at a time to a topic that takes 1 MiB."""
    lab.create_topic(_TOPIC, configs={"max.message.bytes": str(_LIMIT_BYTES)})
    lab.produce(_TOPIC, 100)
    lab.start_producer(_TOPIC, rate=3, size=_RECORD_BYTES, client_id="scanner")


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="oversized-records",
    title="Records are refused as too large",
    inject=inject,
    heal=heal,
    expects=(("oversized-messages", {"type": "topic", "topic": _TOPIC}),),
    forbids=("abandoned-topic", "corrupt-records"),
    objects=(_TOPIC,),
)
