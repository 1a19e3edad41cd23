"""A broker crashes in ZooKeeper mode: its session ends, and the cluster does not list it any more.

On KRaft it would stay registered. Here only the replicas that are assigned to it tell of it.
"""

from kdiag.lab.fault import Fault
from kdiag.lab.faults import broker_killed
from kdiag.lab.lab import Lab

_KILLED, _TOPIC = broker_killed.FAULT, "insurance-claims"


def inject(lab: Lab) -> None:
    """Write to a topic of three replicas and kill broker 3."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=50)
    broker_killed.inject(lab)


def heal(lab: Lab) -> None:
    """Start the broker again, and delete the topic."""
    broker_killed.heal(lab)
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="broker-killed-zookeeper",
    title="A broker crashed, with ZooKeeper",
    inject=inject,
    heal=heal,
    expects=_KILLED.expects,
    forbids=(
        "at-min-isr",
        "broker-restarts",
        "offline-partition",
        "under-replicated",
        "zookeeper-session-loss",
    ),
    settle_seconds=7,
    lab={"kafka": "3.9.2", "metadata": "zookeeper"},
    is_last=True,
)
