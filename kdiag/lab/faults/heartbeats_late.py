"""The heartbeats of a broker come too late: it is fenced, and its port answers."""

from kdiag.lab.clients import broker_ids
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER = 3


def inject(lab: Lab) -> None:
    """Wait until the controller has given broker 3 up."""
    wait_until(lambda: _BROKER not in broker_ids(lab.bootstrap), "the late broker is fenced", 40)


FAULT = Fault(
    name="heartbeats-late",
    title="A broker answers but is fenced",
    inject=inject,
    heal=lambda _: None,
    expects=(("broker-fenced", {"type": "broker", "id": _BROKER}),),
    forbids=("broker-down",),
    settle_seconds=2,
    lab={
        "controllers": 1,
        "broker_properties": {_BROKER: {"broker.heartbeat.interval.ms": "60000"}},
    },
    is_last=True,
)
