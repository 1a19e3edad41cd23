"""The password of a source was changed in the database alone: its task ends at the next login."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_ALL

_SOURCE, _SLOT, _ROLE = "stock", "stock_slot", "stock_reader"


def inject(lab: Lab) -> None:
    """Let Debezium capture a table, change the password of its role, and cut it off."""
    lab.postgres.make_role(_ROLE)
    lab.postgres.capture(_SOURCE, _SLOT, _ROLE)
    lab.postgres.set_password(_ROLE, "changed")
    lab.postgres.cut(_ROLE)
    lab.connect.wait_state(_SOURCE, "FAILED", 120)


def heal(lab: Lab) -> None:
    """Remove the connector and its slot."""
    lab.connect.delete(_SOURCE)
    lab.postgres.drop(_SLOT)


FAULT = Fault(
    name="source-refused",
    title="A database refuses a source of changes, whose password was changed",
    inject=inject,
    heal=heal,
    expects=(("connector-failed", {"type": "connector", "connector": _SOURCE}),),
    forbids=("connector-idle",),
    objects=(_SOURCE, _SLOT),
    lab=WITH_ALL,
)
