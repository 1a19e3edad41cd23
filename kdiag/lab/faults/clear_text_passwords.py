"""Clients log in with SASL PLAIN and no TLS; and a credential is as weak as Kafka allows.

Both are how the lab for it is started.
"""

from kdiag.lab.acls import SECURED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.security import USER

_TOPIC = "door-codes"


def inject(lab: Lab) -> None:
    """Create a topic for the records that go over it."""
    lab.create_topic(_TOPIC)


FAULT = Fault(
    name="clear-text-passwords",
    title="Passwords go over the network in clear text, and another is weakly stored",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(
        ("sasl-plain-unencrypted", {"type": "listener", "name": "SASL_PLAIN"}),
        ("weak-scram", {"type": "principal", "principal": f"User:{USER}"}),
    ),
    settle_seconds=1,
    lab=SECURED,
)
