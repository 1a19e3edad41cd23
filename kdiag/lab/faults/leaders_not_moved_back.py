"""A broker was restarted, and nobody moved its leaderships back."""

from kdiag.lab.clients import is_led
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER, _TOPIC = 1, "parcels"
_PARTITIONS = 30


def inject(lab: Lab) -> None:
    """Restart broker 1, which was to lead a third of 30 partitions."""
    orders = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
    lab.create_topic(_TOPIC, assignment=orders * (_PARTITIONS // 3))
    lab.brokers[_BROKER].restart()
    lab.wait_ready()
    wait_until(lambda: is_led(lab.admin(), _TOPIC, _PARTITIONS), f"{_TOPIC} is in sync", 60)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="leaders-not-moved-back",
    title="Leaders were not moved back after a restart",
    inject=inject,
    heal=heal,
    expects=(("leader-imbalance", {"type": "broker", "id": _BROKER}),),
    forbids=("broker-down", "under-replicated"),
    settle_seconds=5,
    lab={"properties": {"auto.leader.rebalance.enable": "false"}},
    is_last=True,
)
