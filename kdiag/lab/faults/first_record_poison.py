"""The first record of one partition cannot be processed: nothing is ever committed there."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "badge-printing", "badges"


def inject(lab: Lab) -> None:
    """Have a consumer that commits what it has worked off seek back to the begin of a partition."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, poison_partition=1, poison_offset=0, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 100)


FAULT = Fault(
    name="first-record-poison",
    title="A consumer fails at the first record of a partition for ever",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("never-committed", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("group-dead", "slow-consumer", "poison-record", "stuck-consumer", "unowned-partition"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=90,
)
