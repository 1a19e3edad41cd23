"""Brokers that a network reaches: clients come by TLS and log in, brokers have their own listener.

The brokers' own has no TLS, which is the affair of the network between them.
"""

from kdiag.lab.apart import ADDRESS, AUTHORIZED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "blood-tests"


def inject(lab: Lab) -> None:
    """Create a topic."""
    lab.create_topic(_TOPIC)


LOOKALIKE = Fault(
    name="closed-brokers",
    title="Only brokers among themselves use a listener without TLS",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    forbids=("no-authorizer", "plaintext-listener", "sasl-plain-unencrypted"),
    settle_seconds=1,
    lab={"address": ADDRESS, "listeners": ("sasl_ssl",), "properties": AUTHORIZED},
    connects_by="sasl_ssl",
)
