"""Jolokia of the brokers lets in whoever asks."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="jmx-open",
    title="JMX asks for no password",
    inject=inject,
    heal=lambda _: None,
    expects=(("open-jmx", {"type": "cluster"}),),
    settle_seconds=1,
)
