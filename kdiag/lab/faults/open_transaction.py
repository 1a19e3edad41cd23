"""A producer hangs in a transaction with a long timeout: readers of committed records freeze."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC, _ID = "statements", "bookings", "booking-writer"
_RECORDS = 100


def inject(lab: Lab) -> None:
    """Have a producer commit twice and hang in its third transaction, while others go on."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.start_producer(
        _TOPIC,
        rate=100,
        transactional_id=_ID,
        txn_records=_RECORDS // 2,
        open_txn_after=_RECORDS + 10,
        txn_timeout_seconds=900,
        client_id=_ID,
    )
    lab.start_consumer(_GROUP, _TOPIC, isolation="read_committed", client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    lab.start_producer(_TOPIC, rate=20, client_id="other-writer")


FAULT = Fault(
    name="open-transaction",
    title="A producer hangs in a transaction",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(
        ("open-transaction-pins-lso", {"type": "transactional_id", "transactional_id": _ID}),
        ("reader-blocked-by-transaction", {"type": "group", "group": _GROUP, "topic": _TOPIC}),
    ),
    forbids=("hanging-transaction", "fenced-producers"),
    objects=(_GROUP, _TOPIC),
    settle_seconds=20,
    tunables={
        "open-transaction-pins-lso": {"max_silent_seconds": 10},
        "reader-blocked-by-transaction": {"max_silent_seconds": 10},
    },
)
