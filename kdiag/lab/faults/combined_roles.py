"""All brokers are controllers as well; three are many for this test."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="combined-roles",
    title="Brokers are controllers as well",
    inject=inject,
    heal=lambda _: None,
    expects=(("combined-mode", {"type": "cluster"}),),
    settle_seconds=1,
    tunables={"combined-mode": {"small_brokers": 2}},
)
