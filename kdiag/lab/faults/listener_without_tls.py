"""Clients log in by a network without TLS, beside a listener that has it.

This is how the lab for it is started: in a network apart, with an authorizer.
"""

from kdiag.lab.apart import ADDRESS, AUTHORIZED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "lab-results"


def inject(lab: Lab) -> None:
    """Create a topic for the records that go over it."""
    lab.create_topic(_TOPIC)


FAULT = Fault(
    name="listener-without-tls",
    title="One of two client listeners on a network has no TLS",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(("plaintext-listener", {"type": "listener", "name": "SCRAM_SHA_256"}),),
    forbids=("no-authorizer", "sasl-plain-unencrypted"),
    settle_seconds=1,
    lab={
        "address": ADDRESS,
        "listeners": ("sasl_ssl", "scram_sha_256"),
        "properties": AUTHORIZED,
    },
    connects_by="sasl_ssl",
)
