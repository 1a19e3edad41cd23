"""A replication slot that nobody will ever read again keeps the WAL of its database."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_ALL

_SLOT = "analytics"


def inject(lab: Lab) -> None:
    """Make a slot, and write what it holds."""
    lab.postgres.execute(f"SELECT pg_create_logical_replication_slot('{_SLOT}', 'pgoutput')")
    lab.postgres.write(3000)


FAULT = Fault(
    name="slot-left-behind",
    title="Nobody reads a replication slot of a database",
    inject=inject,
    heal=lambda lab: lab.postgres.drop(_SLOT),
    expects=(("replication-slot-growth", {"type": "slot", "slot": _SLOT}),),
    objects=(_SLOT,),
    tunables={"replication-slot-growth": {"unread_bytes": 100_000}},
    lab=WITH_ALL,
)
