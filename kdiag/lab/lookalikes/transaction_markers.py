"""A group has read everything, and yet its lag is 1 for ever: the marker that ends a transaction.

It committed the offset of the last record + 1, and the marker behind it is an offset, but no
record.
"""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.transactions import transact

_GROUP, _TOPIC = "notary", "deeds"
_RECORDS = 50


def inject(lab: Lab) -> None:
    """Commit record + 1, as clients do that commit record by record, and wait for more."""
    lab.create_topic(_TOPIC, partitions=1)
    transact(lab, _TOPIC, _RECORDS, "deed-writer")
    commit(lab, _GROUP, _TOPIC, {0: _RECORDS})
    lab.start_consumer(_GROUP, _TOPIC, isolation="read_committed", commit_every_seconds=None)
    wait_members(lab, _GROUP, 1)


LOOKALIKE = Fault(
    name="transaction-markers",
    title="A lag that is a marker and no record",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "reader-blocked-by-transaction",
        "open-transaction-pins-lso",
        "stuck-consumer",
        "poison-record",
        "lag-growing",
        "group-dead",
    ),
    objects=(_GROUP, _TOPIC),
    settle_seconds=5,
)
