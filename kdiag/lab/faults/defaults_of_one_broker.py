"""A cluster of three brokers has the defaults of one: new topics get one copy."""

from kdiag.lab.careless import CARELESS
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="defaults-of-one-broker",
    title="Defaults are those of a single broker",
    inject=inject,
    heal=lambda _: None,
    expects=(("weak-broker-defaults", {"type": "cluster"}),),
    lab=CARELESS,
    settle_seconds=2,
)
