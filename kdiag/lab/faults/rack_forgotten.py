"""A broker was added without a rack, while the other one has one."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="rack-forgotten",
    title="A broker has no rack",
    inject=inject,
    heal=lambda _: None,
    expects=(("rack-missing", {"type": "broker", "id": 2}),),
    settle_seconds=1,
    lab={"brokers": 2, "racks": ("r1",)},
)
