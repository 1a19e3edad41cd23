"""A source whose tables are quiet: it reads its slot, and there is nothing to read."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_ALL

_SOURCE, _SLOT = "shop", "shop_slot"


def inject(lab: Lab) -> None:
    """Let Debezium capture a table that nobody writes to."""
    lab.postgres.capture(_SOURCE, _SLOT)


def heal(lab: Lab) -> None:
    """Remove the connector, and then its slot."""
    lab.connect.delete(_SOURCE)
    lab.postgres.drop(_SLOT)


LOOKALIKE = Fault(
    name="idle-source",
    title="A source of changes whose tables are quiet",
    inject=inject,
    heal=heal,
    forbids=("replication-slot-growth", "connector-failed"),
    objects=(_SOURCE, _SLOT),
    lab=WITH_ALL,
)
