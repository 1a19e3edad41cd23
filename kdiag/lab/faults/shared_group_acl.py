"""Two applications may read by the same group; neither quota nor default limits them."""

from kdiag.lab import acls
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_GROUP = "invoice-printer"
_ACLS = tuple(
    acls.Acl(f"User:{name}", "READ", "group", _GROUP) for name in ("billing", "reminders", "print")
)


def inject(lab: Lab) -> None:
    """Allow the group to three principals."""
    acls.add(lab, *_ACLS)


FAULT = Fault(
    name="shared-group-acl",
    title="Several principals may read by one group, and no quota limits any",
    inject=inject,
    heal=lambda lab: acls.remove(lab, *_ACLS),
    expects=(
        ("shared-consumer-principals", {"type": "group", "group": _GROUP}),
        ("no-quotas", {"type": "cluster"}),
    ),
    settle_seconds=1,
    lab=acls.SECURED,
)
