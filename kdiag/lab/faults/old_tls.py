"""A broker takes TLS 1.1 for the sake of an old client."""

from kdiag.lab.acls import SECURED
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.renewal import LISTENER, allow_versions

_BROKER = 1


def inject(lab: Lab) -> None:
    """Allow the old version beside the usual ones."""
    allow_versions(lab, _BROKER, "TLSv1.1,TLSv1.2,TLSv1.3")


FAULT = Fault(
    name="old-tls",
    title="A listener takes TLS 1.1",
    inject=inject,
    heal=lambda lab: allow_versions(lab, _BROKER, None),
    expects=(("weak-tls", {"type": "listener", "broker": _BROKER, "name": LISTENER}),),
    settle_seconds=1,
    lab=SECURED,
)
