"""A shop is what its profile wants: copies, a topic of dead letters, a reader that keeps up."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_ORDERS, _DEAD, _GROUP = "app.orders", "app.orders.dlq", "app.inventory"
_RECORDS = 300


def inject(lab: Lab) -> None:
    """Read orders of some minutes ago to the end, and those that come."""
    lab.create_topic(_ORDERS)
    lab.create_topic(_DEAD)
    lab.produce(_ORDERS, _RECORDS, past_seconds=(400, 200))
    lab.start_producer(_ORDERS, rate=20, keys=100)
    lab.start_consumer(_GROUP, _ORDERS)
    wait_committed(lab, _GROUP, _ORDERS, _RECORDS)


LOOKALIKE = Fault(
    name="profile-met",
    title="A topic and a group are what their profile wants",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _ORDERS, _DEAD),
    forbids=("profile-not-met", "lag-over-objective"),
    objects=(_ORDERS, _DEAD, _GROUP),
    settle_seconds=3,
    profile="ecommerce-orders",
)
