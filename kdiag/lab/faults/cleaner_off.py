"""The log cleaner of a broker is disabled: compacted topics grow without an end."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "exchange-rates"


def inject(lab: Lab) -> None:
    """Write a few keys again and again to a compacted topic."""
    lab.create_topic(_TOPIC, configs={"cleanup.policy": "compact"})
    lab.start_producer(_TOPIC, rate=50, keys=5, client_id="market-feed")


def heal(lab: Lab) -> None:
    """Delete the topic; the cleaner stays disabled, and has nothing to do."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="cleaner-off",
    title="The log cleaner is disabled",
    inject=inject,
    heal=heal,
    expects=(("compaction-stopped", {"type": "broker", "id": 1}),),
    lab={"brokers": 1, "properties": {"log.cleaner.enable": "false"}},
)
