"""A source waits for ever for a topic that nobody makes, RUNNING, and lets go of its slot."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_ALL
from kdiag.lab.waiting import wait_until

_SOURCE, _SLOT, _ROLE = "prices", "prices_slot", "prices_reader"


def inject(lab: Lab) -> None:
    """Let Debezium capture a table whose topic does not exist, and cut its connection."""
    lab.postgres.make_role(_ROLE)
    lab.postgres.write(5)
    lab.postgres.capture(_SOURCE, _SLOT, _ROLE, makes_topics=False)
    lab.postgres.cut(_ROLE)
    wait_until(lambda: not lab.postgres.is_read(_SLOT), "the slot is left", 60, 0.5)


def heal(lab: Lab) -> None:
    """Remove the connector and its slot."""
    lab.connect.delete(_SOURCE)
    lab.postgres.drop(_SLOT)


FAULT = Fault(
    name="source-blocked",
    title="A source of changes is RUNNING and does not read its slot",
    inject=inject,
    heal=heal,
    expects=(("connector-idle", {"type": "connector", "connector": _SOURCE}),),
    forbids=("connector-failed",),
    objects=(_SOURCE, _SLOT),
    lab=WITH_ALL,
)
