"""Two of three controllers crash: the metadata stands still, while reads and writes go on."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_LOST = (102, 103)


def inject(lab: Lab) -> None:
    """Kill two of three controllers."""
    for id_ in _LOST:
        lab.controllers[id_].kill()


def heal(lab: Lab) -> None:
    """Start them again."""
    for id_ in _LOST:
        lab.controllers[id_].launch()
    lab.wait_ready()


FAULT = Fault(
    name="quorum-lost",
    title="The controllers have no majority",
    inject=inject,
    heal=heal,
    expects=(("quorum-lost", {"type": "cluster"}),),
    forbids=("broker-down", "broker-fenced", "advertised-listener-unreachable"),
    settle_seconds=8,
    lab={"controllers": 3},
    is_last=True,
)
