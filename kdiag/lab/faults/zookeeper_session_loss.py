"""ZooKeeper stalls for longer than sessions last, again and again: brokers lose their sessions."""

import time

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_FREEZES_SECONDS = 12.0  # three of them: not each ends a session, as pings may be read first


def inject(lab: Lab) -> None:
    """Freeze ZooKeeper for 2.5 s of each 4 s, where sessions last for 1.5 s."""
    zookeeper = lab.zookeeper.id
    lab.start_freezes(zookeeper, every_seconds=1.5, freeze_seconds=2.5)


def heal(lab: Lab) -> None:
    """Let ZooKeeper work again."""
    lab.end_load(f"freezes-{lab.zookeeper.id}")
    lab.wait_ready()


FAULT = Fault(
    name="zookeeper-session-loss",
    title="Brokers lose their ZooKeeper sessions",
    inject=inject,
    meanwhile=lambda lab: time.sleep(_FREEZES_SECONDS),
    heal=heal,
    expects=(("zookeeper-session-loss", {"type": "broker"}),),
    forbids=("broker-down", "broker-restarts", "gc-pauses"),
    settle_seconds=10,
    lab={
        "kafka": "3.9.2",
        "metadata": "zookeeper",
        "properties": {"zookeeper.session.timeout.ms": "1500"},
    },
    is_last=True,
)
