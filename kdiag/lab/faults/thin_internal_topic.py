"""`__consumer_offsets` was created with one copy, as the defaults of the brokers say."""

from kdiag.lab.careless import CARELESS
from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "price-watch", "prices"


def inject(lab: Lab) -> None:
    """Start the first group of the cluster."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, 1)


def heal(lab: Lab) -> None:
    """End the group and delete its topic."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="thin-internal-topic",
    title="Committed offsets have one copy",
    inject=inject,
    heal=heal,
    expects=(("internal-topic-durability", {"type": "topic", "topic": "__consumer_offsets"}),),
    lab=CARELESS,
    settle_seconds=2,
)
