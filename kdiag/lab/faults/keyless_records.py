"""Records without a key are sent to a compacted topic, which refuses them."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "account-balances"


def inject(lab: Lab) -> None:
    """Send records with a key to a compacted topic, then go on without one."""
    lab.create_topic(_TOPIC, configs={"cleanup.policy": "compact"})
    lab.produce(_TOPIC, 100, key="account")
    lab.start_producer(_TOPIC, rate=20, keys=0, client_id="ledger")


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="keyless-records",
    title="Records without a key go to a compacted topic",
    inject=inject,
    heal=heal,
    expects=(("compaction-without-keys", {"type": "topic", "topic": _TOPIC}),),
    forbids=("oversized-messages", "corrupt-records", "compaction-stopped"),
    objects=(_TOPIC,),
)
