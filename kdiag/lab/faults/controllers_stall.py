"""The controllers stall in turn: whichever is active, another one is elected soon."""

from kdiag.lab.electing import wait_elections
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_LOAD, _ELECTIONS = "controller-stalls", 3


def inject(lab: Lab) -> None:
    """Freeze one controller after the other, each for longer than the others wait for it."""
    lab.start_freezes(*lab.controllers, name=_LOAD, every_seconds=0.5, freeze_seconds=3.0)


def heal(lab: Lab) -> None:
    """Let the controllers work again."""
    lab.end_load(_LOAD)
    lab.wait_ready()


FAULT = Fault(
    name="controllers-stall",
    title="Controllers lose sight of each other",
    inject=inject,
    meanwhile=lambda lab: wait_elections(lab, _ELECTIONS),
    heal=heal,
    expects=(("controller-churn", {"type": "cluster"}),),
    settle_seconds=1,
    tunables={"controller-churn": {"young_seconds": 0}},
    lab={"brokers": 1, "controllers": 3},
    is_last=True,
)
