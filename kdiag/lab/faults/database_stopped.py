"""The database of a source of changes is stopped: the source stays RUNNING and tries again."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_SOURCE, _SLOT = "tills", "tills_slot"


def inject(lab: Lab) -> None:
    """Let Debezium capture a table, and end the server once its slot is read."""
    lab.postgres.write(5)
    lab.postgres.capture(_SOURCE, _SLOT)
    lab.postgres.stop()


def heal(lab: Lab) -> None:
    """Start the server, and remove the connector and its slot."""
    lab.postgres.start()
    lab.connect.delete(_SOURCE)
    lab.postgres.drop(_SLOT)


FAULT = Fault(
    name="database-stopped",
    title="The database of a source of changes is stopped",
    inject=inject,
    heal=heal,
    expects=(("connector-idle", {"type": "connector", "connector": _SOURCE}),),
    forbids=("connector-failed",),
    objects=(_SOURCE, _SLOT),
    lab={"brokers": 1, "services": frozenset({"connect", "postgres"})},
    settle_seconds=5,
)
