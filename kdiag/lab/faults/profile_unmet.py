"""A shop's topic is not what its profile wants, and a reader is later than it allows."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_ORDERS, _PAYMENTS, _GROUP = "web.orders", "web.payments", "web.payments.clearing"
_RECORDS = 3_000


def inject(lab: Lab) -> None:
    """Create a topic of orders that one copy is enough for, and a reader that is minutes behind."""
    lab.create_topic(_ORDERS, configs={"min.insync.replicas": "1"})
    lab.create_topic(_PAYMENTS)
    lab.produce(_PAYMENTS, _RECORDS, past_seconds=(400, 200))
    lab.start_producer(_PAYMENTS, rate=50, keys=100)
    lab.start_consumer(_GROUP, _PAYMENTS, seconds_per_record=0.1)
    wait_committed(lab, _GROUP, _PAYMENTS, 10)


def heal(lab: Lab) -> None:
    """Delete the group and the topics."""
    remove(lab, _GROUP, _PAYMENTS, _ORDERS)


FAULT = Fault(
    name="profile-unmet",
    title="A topic and a group are not what their profile wants",
    inject=inject,
    heal=heal,
    expects=(
        ("profile-not-met", {"type": "topic", "topic": _ORDERS}),
        ("slow-consumer", {"type": "group", "group": _GROUP, "topic": _PAYMENTS}),
        ("lag-over-objective", {"type": "group", "group": _GROUP, "topic": _PAYMENTS}),
    ),
    objects=(_ORDERS, _PAYMENTS, _GROUP),
    settle_seconds=10,
    profile="ecommerce-orders",
)
