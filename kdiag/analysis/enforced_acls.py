"""ACLs of a cluster that has an authorizer."""

from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.sections import Acls
from kdiag.snapshot import Table

EVERYBODY = ("User:*", "User:ANONYMOUS")
"""Principals that are nobody in particular: all, and all that did not log in."""


class EnforcedAcls(Table):
    """One row an ACL, as Acls has it; not applicable where nothing enforces any."""

    noun = "ACLs"
    needs_rows = False
    columns = Acls.columns


@derive()
def enforced_acls(acls: Acls) -> EnforcedAcls | NotApplicable:
    """Return the ACLs where the brokers have an authorizer."""
    if not acls.is_enforced:
        return NotApplicable("the brokers have no authorizer, and so no ACLs")
    return EnforcedAcls(rows=acls.rows)
