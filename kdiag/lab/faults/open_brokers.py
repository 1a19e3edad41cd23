"""Brokers that a network reaches ask nobody who they are, and let everybody do everything.

This is how the lab for it is started: in a network apart, without TLS and without an authorizer.
"""

from kdiag.lab.apart import ADDRESS
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "prescriptions"


def inject(lab: Lab) -> None:
    """Create a topic that is open to all."""
    lab.create_topic(_TOPIC)


FAULT = Fault(
    name="open-brokers",
    title="A network reaches brokers that let everybody do everything",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(
        ("no-authorizer", {"type": "cluster"}),
        ("plaintext-listener", {"type": "listener", "name": "PLAINTEXT"}),
    ),
    settle_seconds=1,
    lab={"address": ADDRESS},
)
