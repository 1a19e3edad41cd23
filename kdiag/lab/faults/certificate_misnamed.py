"""The certificate of one broker is for another host than the one that it advertises."""

from kdiag.lab.acls import SECURED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.plan import Certificate
from kdiag.lab.renewal import LISTENER, show, show_usual

_BROKER = 3


def inject(lab: Lab) -> None:
    """Give the broker one for a name of another network."""
    show(lab, _BROKER, Certificate(hosts=("kafka-3.internal.example",)))


FAULT = Fault(
    name="certificate-misnamed",
    title="The certificate of one broker is for another name",
    inject=inject,
    heal=lambda lab: show_usual(lab, _BROKER),
    expects=(("certificate-expiry", {"type": "listener", "broker": _BROKER, "name": LISTENER}),),
    settle_seconds=1,
    lab=SECURED,
)
