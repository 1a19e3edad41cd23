"""Certificates of a mesh: they live for a day, and the first third of it is over."""

from kdiag.lab.acls import SECURED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.plan import Certificate
from kdiag.lab.renewal import show, show_usual


def inject(lab: Lab) -> None:
    """Give all brokers one that is renewed in some hours."""
    for id_ in lab.brokers:
        show(lab, id_, Certificate(age_days=1 / 3, left_days=2 / 3))


def heal(lab: Lab) -> None:
    """Give them back what they were started with."""
    for id_ in lab.brokers:
        show_usual(lab, id_)


LOOKALIKE = Fault(
    name="short-certificates",
    title="Certificates that live for a day are renewed in time",
    inject=inject,
    heal=heal,
    forbids=("certificate-expiry", "weak-tls", "broker-config-drift"),
    settle_seconds=1,
    lab=SECURED,
)
