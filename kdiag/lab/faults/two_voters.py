"""Two controllers vote: each of them alone can stop the metadata."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="two-voters",
    title="The quorum has two voters",
    inject=inject,
    heal=lambda _: None,
    expects=(("quorum-size", {"type": "cluster"}),),
    settle_seconds=1,
    lab={"brokers": 2, "racks": ("r1",)},
)
