"""The principal that diagnoses lacks a grant: it may not see how the brokers are set."""

from kdiag.lab import acls
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.security import USER

_FORGOTTEN = acls.Acl(f"User:{USER}", "DESCRIBE_CONFIGS", "cluster")
_GRANTED = tuple(acl for acl in acls.reads(USER) if acl != _FORGOTTEN)


def inject(lab: Lab) -> None:
    """Grant all that is needed but one."""
    acls.add(lab, *_GRANTED)


FAULT = Fault(
    name="grant-forgotten",
    title="Whoever diagnoses may not see how the brokers are set",
    inject=inject,
    heal=lambda lab: acls.remove(lab, *_GRANTED),
    expects=(("missing-permission", {"type": "cluster"}),),
    settle_seconds=1,
    lab=acls.SECURED,
    connects_by="scram_sha_256",
)
