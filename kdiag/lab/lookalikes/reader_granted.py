"""The principal that diagnoses may change nothing, and has each grant that reading takes."""

from kdiag.lab import acls
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.security import USER


def inject(lab: Lab) -> None:
    """Grant all that is needed."""
    acls.add(lab, *acls.reads(USER))


LOOKALIKE = Fault(
    name="reader-granted",
    title="Whoever diagnoses may only read, and may read all",
    inject=inject,
    heal=lambda lab: acls.remove(lab, *acls.reads(USER)),
    forbids=("missing-permission", "wildcard-acl", "dangling-acl"),
    settle_seconds=1,
    lab=acls.SECURED,
    connects_by="scram_sha_256",
)
