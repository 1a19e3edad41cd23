"""Two of three brokers crash, while the controllers go on."""

from kdiag.lab.clients import broker_ids
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_LOST = (2, 3)
_TOPIC = "depots"


def inject(lab: Lab) -> None:
    """Kill brokers 2 and 3, which hold replicas, and wait until the controller has noticed."""
    lab.create_topic(_TOPIC)
    for id_ in _LOST:
        lab.brokers[id_].kill()
    wait_until(lambda: not broker_ids(lab.bootstrap) & set(_LOST), "both brokers are fenced", 40)


def heal(lab: Lab) -> None:
    """Start them again, and delete the topic."""
    for id_ in _LOST:
        lab.brokers[id_].launch()
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="brokers-lost-together",
    title="Two brokers crashed together",
    inject=inject,
    heal=heal,
    expects=(("brokers-lost-together", {"type": "cluster"}),),
    forbids=("broker-down", "offline-partition", "quorum-lost"),
    settle_seconds=3,
    lab={"controllers": 3},
    is_last=True,
)
