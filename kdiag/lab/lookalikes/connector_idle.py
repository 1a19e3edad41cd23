"""A source that has nothing to read."""

from kdiag.lab.connect import SOURCE
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_SOURCE = "quiet-source"


def inject(lab: Lab) -> None:
    """Let it run."""
    lab.connect.put(_SOURCE, SOURCE)


LOOKALIKE = Fault(
    name="connector-idle-source",
    title="A source connector with nothing to read",
    inject=inject,
    heal=lambda lab: lab.connect.delete(_SOURCE),
    forbids=("connector-failed", "connector-silent-drop", "connect-plugin-skew"),
    objects=(_SOURCE,),
    lab=WITH_CONNECT,
)
