"""The controllers stall in turn, and elect one of them again and again."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Freeze each controller for a while, one after the other."""
    for number, id_ in enumerate(lab.controllers):
        lab.start_freezes(id_, every_seconds=0.9 + number / 5, freeze_seconds=0.9)


def heal(lab: Lab) -> None:
    """Let the controllers work again."""
    for id_ in lab.controllers:
        lab.end_load(f"freezes-{id_}")
    lab.wait_ready()


FAULT = Fault(
    name="controllers-stall",
    title="Controllers lose sight of each other",
    inject=inject,
    heal=heal,
    expects=(("controller-churn", {"type": "cluster"}),),
    settle_seconds=10,
    tunables={"controller-churn": {"young_seconds": 0, "elections_count": 2}},
    lab={
        "controllers": 3,
        "properties": {
            "controller.quorum.fetch.timeout.ms": "600",
            "controller.quorum.election.timeout.ms": "400",
        },
    },
    is_last=True,
)
