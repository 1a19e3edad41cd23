"""One record cannot be processed: its partition stands, the others of the same member move on."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "crm-sync", "customers"


def inject(lab: Lab) -> None:
    """Have a consumer seek back to one record of one partition."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.start_consumer(
        _GROUP,
        _TOPIC,
        poison_partition=1,
        poison_offset=20,
        commits_unchanged=True,
        client_id=_GROUP,
    )
    wait_committed(lab, _GROUP, _TOPIC, 100)


FAULT = Fault(
    name="poison-record",
    title="A consumer returns to one record for ever",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("poison-record", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("group-dead", "slow-consumer", "hot-partition", "stuck-consumer"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
