"""Every transaction is aborted: offsets go by, and a reader of committed records gets none."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "dispatch", "quotes"
_RECORDS = 100


def inject(lab: Lab) -> None:
    """Read what is committed at first; from then on all transactions of a second are aborted."""
    lab.create_topic(_TOPIC, partitions=1)
    lab.start_producer(
        _TOPIC,
        rate=50,
        transactional_id="quote-writer",
        txn_records=_RECORDS // 2,
        abort_after=_RECORDS,
    )
    lab.start_consumer(_GROUP, _TOPIC, isolation="read_committed", client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)


LOOKALIKE = Fault(
    name="aborted-transactions",
    title="Transactions that are all aborted",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "reader-blocked-by-transaction",
        "open-transaction-pins-lso",
        "hanging-transaction",
        "fenced-producers",
        "stuck-consumer",
        "poison-record",
    ),
    objects=(_GROUP, _TOPIC),
    settle_seconds=10,
)
