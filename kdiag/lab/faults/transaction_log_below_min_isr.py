"""The transaction log has too few in-sync replicas: no transaction begins or ends."""

from kdiag.lab.clients import broker_ids, topic_metadata
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.transactions import transact
from kdiag.lab.waiting import wait_until

_TOPIC, _LOG, _VICTIM = "ledger-entries", "__transaction_state", 3


def inject(lab: Lab) -> None:
    """Use a transaction, crash a broker, and wait until the log lacks a replica."""
    lab.create_topic(_TOPIC, partitions=1)
    transact(lab, _TOPIC, 1, "ledger-writer")
    lab.brokers[_VICTIM].kill()
    wait_until(lambda: _VICTIM not in broker_ids(lab.bootstrap), "the crashed broker is fenced", 40)
    wait_until(lambda: _is_short(lab), f"{_LOG} lacks a replica", 40)


def _is_short(lab: Lab) -> bool:
    return all(len(p.isrs) < 3 for p in topic_metadata(lab.admin(), _LOG).partitions.values())


def heal(lab: Lab) -> None:
    """Start the broker again and delete the topic."""
    lab.brokers[_VICTIM].start()
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="transaction-log-below-min-isr",
    title="The transaction log takes no writes",
    inject=inject,
    heal=heal,
    expects=(
        ("broker-down", {"type": "broker", "id": _VICTIM}),
        ("transaction-log-unavailable", {"type": "partition", "topic": _LOG}),
    ),
    objects=(_TOPIC,),
    settle_seconds=2,
    lab={"brokers": 3, "properties": {"transaction.state.log.min.isr": "3"}},
    is_last=True,
)
