"""The schema registry takes connections, and answers nothing."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Freeze its process."""
    lab.registry.stop()


FAULT = Fault(
    name="registry-frozen",
    title="A schema registry that answers nothing",
    inject=inject,
    heal=lambda lab: lab.registry.resume(),
    expects=(("registry-down", {"type": "endpoint"}),),
    lab={"services": frozenset({"registry"})},
    is_last=True,  # nothing can be asked of it afterwards
)
