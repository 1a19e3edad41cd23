"""A broker crashes in ZooKeeper mode: its session ends, and the cluster forgets it."""

from kdiag.lab.fault import Fault
from kdiag.lab.faults import broker_killed

_KILLED = broker_killed.FAULT

FAULT = Fault(
    name="broker-killed-zookeeper",
    title="A broker crashed, with ZooKeeper",
    inject=_KILLED.inject,
    heal=_KILLED.heal,
    expects=_KILLED.expects,
    forbids=("broker-restarts", "zookeeper-session-loss"),
    settle_seconds=2,
    lab={"kafka": "3.9.2", "metadata": "zookeeper"},
    is_last=True,
)
