"""All brokers were upgraded, and the metadata version was left as it was."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Start broker after broker with the newest release."""
    for id_ in lab.brokers:
        lab.restart_as(id_, "4.4.0")


def heal(lab: Lab) -> None:
    """Start broker after broker with the old one again."""
    for id_ in lab.brokers:
        lab.restart_as(id_, "4.0.2")


FAULT = Fault(
    name="upgrade-not-finalized",
    title="An upgrade was never finalized",
    inject=inject,
    heal=heal,
    expects=(("metadata-version-behind", {"type": "cluster"}),),
    forbids=("mixed-broker-versions",),
    settle_seconds=15,
    lab={"kafka": "4.0.2"},
    is_last=True,
)
