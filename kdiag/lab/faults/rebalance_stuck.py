"""A rebalance cannot finish: one member is blocked and has an hour to rejoin."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "reservation-app", "reservations"
_RECORDS = 90


def inject(lab: Lab) -> None:
    """Block the only member of a group, which may take an hour to poll, and let another join."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(_GROUP, _TOPIC, block_after=_RECORDS, client_id=f"{_GROUP}-old")
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, client_id=f"{_GROUP}-new")
    wait_state(lab, _GROUP, "PREPARING_REBALANCING")


FAULT = Fault(
    name="rebalance-stuck",
    title="A rebalance waits for a blocked member",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("rebalance-stuck", {"type": "group", "group": _GROUP}),),
    forbids=("rebalance-storm", "stuck-consumer", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
