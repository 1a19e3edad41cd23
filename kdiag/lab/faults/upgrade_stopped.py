"""One broker was upgraded, and the others were not."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Start broker 3 with the newest release."""
    lab.restart_as(3, "4.4.0")


def heal(lab: Lab) -> None:
    """Start it with the old one again."""
    lab.restart_as(3, "4.0.2")


FAULT = Fault(
    name="upgrade-stopped",
    title="An upgrade stopped half way",
    inject=inject,
    heal=heal,
    expects=(("mixed-broker-versions", {"type": "cluster"}),),
    forbids=("metadata-version-behind",),
    settle_seconds=10,
    tunables={"mixed-broker-versions": {"upgrade_seconds": 0}},
    lab={"kafka": "4.0.2"},
    is_last=True,
)
