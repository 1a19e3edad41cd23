"""The certificate of one broker of three was forgotten, and ends in five days."""

from kdiag.lab.acls import SECURED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.plan import Certificate
from kdiag.lab.renewal import LISTENER, show, show_usual

_BROKER = 2


def inject(lab: Lab) -> None:
    """Give the broker one that has been in use for almost a year."""
    show(lab, _BROKER, Certificate(age_days=360, left_days=5))


FAULT = Fault(
    name="certificate-ending",
    title="The certificate of one broker ends in five days",
    inject=inject,
    heal=lambda lab: show_usual(lab, _BROKER),
    expects=(("certificate-expiry", {"type": "listener", "broker": _BROKER, "name": LISTENER}),),
    settle_seconds=1,
    lab=SECURED,
)
