"""The password of a source was changed in the database alone: it tries again for ever."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.postgres import WRITER
from kdiag.lab.waiting import wait_until

_SOURCE, _SLOT = "stock", "stock_slot"


def inject(lab: Lab) -> None:
    """Let Debezium capture a table, change the password of its role, and cut it off."""
    lab.postgres.capture(_SOURCE, _SLOT)
    lab.postgres.set_password(WRITER, "changed")
    lab.postgres.cut()
    wait_until(lambda: not lab.postgres.is_read(_SLOT), "the slot is left", 60, 0.5)


def heal(lab: Lab) -> None:
    """Give the role its password back, and remove the connector and its slot."""
    lab.postgres.set_password(WRITER, lab.postgres.password(WRITER))
    lab.connect.delete(_SOURCE)
    lab.postgres.drop(_SLOT)


FAULT = Fault(
    name="source-refused",
    title="A database refuses a source of changes, which stays RUNNING",
    inject=inject,
    heal=heal,
    expects=(("connector-idle", {"type": "connector", "connector": _SOURCE}),),
    objects=(_SOURCE, _SLOT),
    lab={"brokers": 1, "services": frozenset({"connect", "postgres"})},
)
