"""The brokers of a topic crash one after the other; who may lead it is known."""

from kdiag.lab.clients import broker_ids
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_TOPIC = "tolls"
_FIRST, _SECOND = 3, 2


def inject(lab: Lab) -> None:
    """Kill broker 3 and then broker 2, which have all copies."""
    lab.create_topic(_TOPIC, configs={"min.insync.replicas": "2"}, assignment=[[2, 3]])
    lab.produce(_TOPIC, 100)
    for id_ in (_FIRST, _SECOND):
        lab.brokers[id_].kill()
        _wait_fenced(lab, id_)


def _wait_fenced(lab: Lab, broker: int) -> None:
    wait_until(lambda: broker not in broker_ids(lab.bootstrap), f"{broker} is fenced", 40)


def heal(lab: Lab) -> None:
    """Start both again and delete the topic."""
    for id_ in (_SECOND, _FIRST):
        lab.brokers[id_].start()
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="last-copies-known",
    title="Partitions have no copy in sync, and it is known who had",
    inject=inject,
    heal=heal,
    expects=(
        ("brokers-lost-together", {"type": "cluster"}),
        ("offline-replica-elr", {"type": "broker", "id": _SECOND}),
    ),
    settle_seconds=2,
    lab={"controllers": 1},
    is_last=True,
)
