"""Transactions all the time: some is open at every moment, and none stays."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "clearing", "trades"


def inject(lab: Lab) -> None:
    """Write in transactions of two seconds, and read what is committed."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.start_producer(_TOPIC, rate=50, transactional_id="trade-writer", txn_records=100)
    lab.start_consumer(_GROUP, _TOPIC, isolation="read_committed", client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 200)


LOOKALIKE = Fault(
    name="busy-transactions",
    title="A transactional workload",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "open-transaction-pins-lso",
        "hanging-transaction",
        "fenced-producers",
        "reader-blocked-by-transaction",
        "stuck-consumer",
        "lag-growing",
    ),
    objects=(_GROUP, _TOPIC),
    settle_seconds=10,
)
