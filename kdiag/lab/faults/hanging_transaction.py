"""A record arrives after its transaction is over: the partition waits for its end for ever."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.transactions import append_late, transact

_GROUP, _TOPIC, _ID = "tax-reports", "invoices", "invoice-writer"
_RECORDS = 20


def inject(lab: Lab) -> None:
    """Commit a transaction on another topic, and append a late record in its name to this one."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.create_topic(f"{_TOPIC}-audit", partitions=1)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(_GROUP, _TOPIC, isolation="read_committed", client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    transact(lab, f"{_TOPIC}-audit", 1, _ID)
    append_late(lab, _TOPIC, _ID)
    lab.start_producer(_TOPIC, rate=20)


FAULT = Fault(
    name="hanging-transaction",
    title="A transaction hangs that no coordinator knows",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC, f"{_TOPIC}-audit"),
    expects=(
        ("hanging-transaction", {"type": "partition", "topic": _TOPIC, "partition": 0}),
        ("reader-blocked-by-transaction", {"type": "group", "group": _GROUP, "topic": _TOPIC}),
    ),
    forbids=("open-transaction-pins-lso", "fenced-producers"),
    objects=(_GROUP, _TOPIC, f"{_TOPIC}-audit"),
    settle_seconds=5,
)
