"""A broker keeps its logs for a shorter time than the others, by its file."""

from kdiag.lab.careless import CARELESS
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="drifted-setting",
    title="Brokers are not set alike",
    inject=inject,
    heal=lambda _: None,
    expects=(("broker-config-drift", {"type": "cluster"}),),
    lab=CARELESS,
    settle_seconds=2,
)
